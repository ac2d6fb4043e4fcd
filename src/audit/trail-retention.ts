import type { Database } from "../database/database.ts";
import type { Clock } from "../identifiers.ts";
import { AuditAnchorRepository } from "./audit-anchor.repository.ts";
import { signAnchor } from "./audit-anchor.ts";
import type { ChainPosition } from "./audit-chain.ts";
import { AuditEventRepository } from "./audit-event.repository.ts";
import type { AuditSecret } from "./audit-secret.ts";
import type { AnchorSink } from "./heads-file.ts";

export type TrailRetentionDependencies = {
  readonly database: Database;
  readonly secret: AuditSecret;
  readonly sink: AnchorSink;
  readonly clock: Clock;
};

/** Links that one transaction removes: SQLite has one write lock, and others wait for it. */
const STEP = 1_000;

/**
 * Removes the beginning of every chain, up to its first event that is not older than a time, and leaves a signed stub
 * there, against which the rest verifies. Resolves with how many events were removed; killed, it is run again.
 */
export async function cutTrail(dependencies: TrailRetentionDependencies, before: Date): Promise<number> {
  const events = new AuditEventRepository(dependencies.database);
  let removed = 0;
  for (const chainId of await events.findChainIds()) {
    const end = await events.findCut(chainId, before);
    if (end !== null) removed += await cutChain(dependencies, events, chainId, end);
  }
  return removed;
}

async function cutChain(
  { database, secret, sink, clock }: TrailRetentionDependencies,
  events: AuditEventRepository,
  chainId: string,
  last: ChainPosition,
): Promise<number> {
  const anchors = new AuditAnchorRepository(database);
  let removed = 0;
  for (;;) {
    const step = await events.findStep(chainId, last.sequence, STEP);
    if (step === null) return removed;
    const cut = signAnchor(secret, { chainId, kind: "CUT", ...step, createdAt: clock.now() });
    removed += await database.transaction(async (transaction) => {
      await anchors.save(cut, transaction);
      return events.deleteUpTo(transaction, chainId, cut.sequence);
    });
    // After it is done: a stub in the file of what still stands would contradict the store.
    if (cut.sequence === last.sequence) await sink.append([cut]);
  }
}
