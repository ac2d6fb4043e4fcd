import { encodeList } from "./audit-encoding.ts";
import type { AuditSecret } from "./audit-secret.ts";

/**
 * What an anchor says of its chain. HEAD: it goes at least so far. END: it goes so far, and its process has stopped.
 * CUT: a retention cut removed it up to there. RESTORED: a restore brought it back to there, and what went further before is given
 * up. UNCHAINED: so many events, with this MAC, are from before there were chains.
 */
export type AnchorKind = "HEAD" | "END" | "CUT" | "RESTORED" | "UNCHAINED";

/** A signed statement about a chain; `createdAt` is when it was signed. */
export type AuditAnchor = {
  readonly chainId: string;
  readonly kind: AnchorKind;
  readonly sequence: number;
  readonly mac: string;
  readonly createdAt: Date;
  readonly signature: string;
};

/** The chain that events from before there were chains are counted under; no chain's id looks so. */
export const UNCHAINED = "unchained";

function textOf(secret: AuditSecret, { chainId, kind, sequence, mac, createdAt }: Omit<AuditAnchor, "signature">): string {
  return encodeList(["anchor", secret.id, chainId, kind, sequence, mac, createdAt]);
}

/** The statement with its signature. */
export function signAnchor(secret: AuditSecret, statement: Omit<AuditAnchor, "signature">): AuditAnchor {
  return { ...statement, signature: secret.sign(textOf(secret, statement)) };
}

/** True when the store's own key signed exactly this. */
export function isGenuineAnchor(secret: AuditSecret, anchor: AuditAnchor): boolean {
  return !Number.isNaN(anchor.createdAt.getTime()) && secret.isSigned(textOf(secret, anchor), anchor.signature);
}
