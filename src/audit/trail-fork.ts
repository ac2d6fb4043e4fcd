import type { Database, Transaction } from "../database/database.ts";
import type { Clock } from "../identifiers.ts";
import { AuditAnchorRepository } from "./audit-anchor.repository.ts";
import { type AuditAnchor, isGenuineAnchor, signAnchor } from "./audit-anchor.ts";
import { beginningOf, type ChainPosition } from "./audit-chain.ts";
import { AuditEventRepository } from "./audit-event.repository.ts";
import type { AuditSecret } from "./audit-secret.ts";
import { parseAnchorLine, readHeadsFile } from "./heads-file.ts";

export type TrailForkDependencies = {
  readonly database: Database;
  readonly secret: AuditSecret;
  readonly headsFile: string;
  readonly clock: Clock;
};

/**
 * Marks where a restore leaves each chain that the file beside the store knows to have gone further: what the file says
 * from before is then a known fork and no attack. What a retention cut removed after the backup is removed again. Part of
 * the restore's transaction; the anchors it resolves with belong into the file once that stands.
 */
export async function markFork(
  { database, secret, headsFile, clock }: TrailForkDependencies,
  transaction: Transaction,
): Promise<readonly AuditAnchor[]> {
  const anchors = new AuditAnchorRepository(database);
  const events = new AuditEventRepository(database);
  const told = await readFarthest(secret, headsFile);
  // Another node's clock may be ahead of this one.
  const latest = Math.max(clock.now().getTime(), ...[...told.heads.values()].map(({ createdAt }) => createdAt.getTime()));
  const createdAt = new Date(latest);
  for (const cut of told.cuts.values()) {
    if (((await findCut(cut.chainId))?.sequence ?? 0) >= cut.sequence) continue;
    await anchors.save(cut, transaction);
    await events.deleteUpTo(transaction, cut.chainId, cut.sequence);
  }
  const marks: AuditAnchor[] = [];
  for (const [chainId, { sequence }] of told.heads) {
    const end = await findEnd(chainId);
    if (sequence > end.sequence) marks.push(signAnchor(secret, { chainId, kind: "RESTORED", ...end, createdAt }));
  }
  for (const mark of marks) await anchors.save(mark, transaction);
  return marks;

  async function findEnd(chainId: string): Promise<ChainPosition> {
    const last = await events.findLastLink(transaction, chainId);
    if (last !== null) return last;
    const { sequence, mac } = (await findCut(chainId)) ?? beginningOf(secret, chainId);
    return { sequence, mac };
  }

  async function findCut(chainId: string): Promise<AuditAnchor | undefined> {
    return (await anchors.findByChain(chainId, transaction)).find(({ kind }) => kind === "CUT");
  }
}

type Farthest = ReadonlyMap<string, AuditAnchor>;

/** How far the file says that each chain went, and was cut; only what the store's key has signed. */
async function readFarthest(secret: AuditSecret, file: string): Promise<{ readonly heads: Farthest; readonly cuts: Farthest }> {
  const [heads, cuts] = [new Map<string, AuditAnchor>(), new Map<string, AuditAnchor>()];
  for await (const line of readHeadsFile(file)) {
    const anchor = parseAnchorLine(line);
    if (anchor === null || anchor.kind === "UNCHAINED") continue;
    const known = anchor.kind === "CUT" ? cuts : heads;
    const isFarther = anchor.sequence > (known.get(anchor.chainId)?.sequence ?? 0);
    if (isFarther && isGenuineAnchor(secret, anchor)) known.set(anchor.chainId, anchor);
  }
  return { heads, cuts };
}
