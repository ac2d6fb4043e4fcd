import { timingSafeEqual } from "node:crypto";
import { encodeList } from "./audit-encoding.ts";
import type { AuditRecord } from "./audit-record.ts";
import type { AuditSecret } from "./audit-secret.ts";

/** A place in a chain: the number of a link, from 1 on without gaps, and its MAC. */
export type ChainPosition = { readonly sequence: number; readonly mac: string };

/** A record with its place in a chain. */
export type ChainedRecord = AuditRecord & { readonly chainId: string; readonly sequence: number; readonly mac: string };

/** Where a chain begins: position 0, whose MAC is of the chain's own name, so that no two chains have a link in common. */
export function beginningOf(secret: AuditSecret, chainId: string): ChainPosition {
  return { sequence: 0, mac: secret.mac(encodeList(["beginning", chainId])) };
}

/** The MAC of a link: over every column, its place, and the MAC of the link before. */
export function macOfLink(secret: AuditSecret, record: AuditRecord, previousMac: string): string {
  return secret.mac(encodeList(["link", ...columnsOf(record), record.chainId, record.sequence, previousMac]));
}

/** True for two equal MACs, in the same time wherever they differ. */
export function isSameMac(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** The columns that every record has, in the order in which they are authenticated. */
export function columnsOf(record: AuditRecord): readonly (string | number | Date | null)[] {
  return [
    record.id,
    record.action,
    record.outcome,
    record.actorType,
    record.actorId,
    record.targetType,
    record.targetId,
    record.ownerId,
    record.ip,
    record.correlationId,
    record.details,
    record.createdAt,
  ];
}

/** The records as the next links of a chain, and where it then ends. */
export function chainRecords(
  secret: AuditSecret,
  chainId: string,
  after: ChainPosition,
  records: readonly AuditRecord[],
): { readonly links: readonly ChainedRecord[]; readonly end: ChainPosition } {
  let end = after;
  const links = records.map((record) => {
    const link = { ...record, chainId, sequence: end.sequence + 1, mac: "" };
    link.mac = macOfLink(secret, link, end.mac);
    end = { sequence: link.sequence, mac: link.mac };
    return link;
  });
  return { links, end };
}
