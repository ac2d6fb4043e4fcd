import { setImmediate as nextRound } from "node:timers/promises";
import type { Database } from "../database/database.ts";
import { AuditAnchorRepository } from "./audit-anchor.repository.ts";
import type { AuditAnchor } from "./audit-anchor.ts";
import type { AuditSecret } from "./audit-secret.ts";
import { digestUnchained } from "./audit-unchained.ts";
import { type AuditVerdict, ChainVerifier } from "./chain-verifier.ts";
import { parseAnchorLine, readHeadsFile } from "./heads-file.ts";
import { readChains } from "./trail-reader.ts";

export type TrailVerificationDependencies = {
  readonly database: Database;
  readonly secret: AuditSecret;
  readonly headsFile: string | null;
  /** Told how many events have been looked at. */
  readonly onProgress?: (events: number) => void;
};

const ANCHOR_PAGE_SIZE = 100;

/**
 * Verifies the whole trail of a store against its keyed chains, the heads signed in the store, and those in the file
 * beside it. Others may write meanwhile; memory holds one position for each chain.
 */
export async function verifyTrail(dependencies: TrailVerificationDependencies): Promise<AuditVerdict> {
  const { database, secret, headsFile, onProgress = () => {} } = dependencies;
  const verifier = new ChainVerifier(secret);
  // Anchors before links: what is written meanwhile only takes chains further.
  if (headsFile !== null) await addHeadsFile(verifier, headsFile);
  await addStoredAnchors(verifier, new AuditAnchorRepository(database));
  verifier.addUnchained(await digestUnchained(secret, database.client));
  for await (const links of readChains(database)) {
    for (const link of links) verifier.addLink(link);
    onProgress(verifier.events);
  }
  return verifier.finish();
}

async function addStoredAnchors(verifier: ChainVerifier, anchors: AuditAnchorRepository): Promise<void> {
  let after: AuditAnchor | null = null;
  for (;;) {
    const page: readonly AuditAnchor[] = await anchors.findPage(after, ANCHOR_PAGE_SIZE);
    for (const anchor of page) verifier.addAnchor(anchor);
    after = page.at(-1) ?? null;
    if (after === null) return;
    await nextRound();
  }
}

/** Heads of the file that are all compared; of a longer file, the farthest of each chain and the newest. */
const MOST_HEADS = 100_000;

/** Takes the anchors of a file; a line that a crash cut off is no evidence of anything. */
export async function addHeadsFile(verifier: ChainVerifier, file: string): Promise<void> {
  let anchors: AuditAnchor[] = [];
  for await (const line of readHeadsFile(file)) {
    const anchor = parseAnchorLine(line);
    if (anchor !== null) anchors.push(anchor);
    if (anchors.length >= 2 * MOST_HEADS) anchors = [...farthestOf(anchors), ...anchors.slice(-MOST_HEADS)];
  }
  for (const [index, anchor] of anchors.entries()) {
    verifier.addAnchor(anchor);
    if (index % ANCHOR_PAGE_SIZE === 0) await nextRound();
  }
}

/** The farthest anchor of each kind of each chain. */
function farthestOf(anchors: readonly AuditAnchor[]): Iterable<AuditAnchor> {
  const farthest = new Map<string, AuditAnchor>();
  for (const anchor of anchors) {
    const key = `${anchor.kind} ${anchor.chainId}`;
    if (anchor.sequence >= (farthest.get(key)?.sequence ?? 0)) farthest.set(key, anchor);
  }
  return farthest.values();
}
