import type { Database, Transaction } from "../database/database.ts";
import type { InsertedTable } from "../database/prepared-statements.ts";
import { type ChainedRecord, type ChainPosition, columnsOf } from "./audit-chain.ts";
import type { AuditAction } from "./audit-event.ts";
import type { AuditRecord } from "./audit-record.ts";

export type AuditEventFilter = {
  readonly action?: string | null | undefined;
  readonly actorId?: string | null | undefined;
  readonly targetId?: string | null | undefined;
  /** Any of these actions. */
  readonly actions?: readonly string[] | null | undefined;
  /** At this time or later, and before that. */
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
};

export type AuditOrder = "NEWEST_FIRST" | "OLDEST_FIRST";

/** Whose events are asked for: one user's (done by them, or about their things), or all. */
export type AuditScope = { readonly userId: string } | "ALL";

const text = <Name extends keyof ChainedRecord>(name: Name) => ({ name, type: "TEXT" }) as const;

/** The table, which every secret that leaves and every write waits for: what `rowOf` gives, in its order. */
const AUDIT_EVENTS = {
  name: "AuditEvent",
  columns: [
    ...(["id", "action", "outcome", "actorType", "actorId", "targetType", "targetId", "ownerId"] as const).map(text),
    ...(["ip", "correlationId", "details"] as const).map(text),
    { name: "createdAt", type: "TIME" },
    ...(["chainId", "mac"] as const).map(text),
    { name: "sequence", type: "INTEGER" },
  ],
} as const satisfies InsertedTable;

function rowOf(link: ChainedRecord) {
  return [...columnsOf(link), link.chainId, link.mac, link.sequence];
}

/** The audit events. Stored once, never changed. */
export class AuditEventRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores links in the caller's transaction, or by themselves. Every event passes here, with its place in a chain. */
  async insert(transaction: Transaction, links: readonly ChainedRecord[]): Promise<void> {
    const rows = links.map(rowOf);
    if (transaction === this.#database.client) await this.#database.insert(AUDIT_EVENTS, rows);
    else await this.#database.insertIn(transaction, AUDIT_EVENTS, rows);
  }

  /** The newest event of an action; null when there is none. */
  findNewestOf(action: AuditAction): Promise<AuditRecord | null> {
    return this.#database.client.auditEvent.findFirst({ where: { action }, orderBy: { id: "desc" } });
  }

  /** Where a chain ends; null without any link of it. */
  async findLastLink(transaction: Transaction, chainId: string): Promise<ChainPosition | null> {
    const last = await transaction.auditEvent.findFirst({
      where: { chainId },
      orderBy: { sequence: "desc" },
      select: { sequence: true, mac: true },
    });
    return last as ChainPosition | null;
  }

  async findChainIds(): Promise<readonly string[]> {
    const rows = await this.#database.client.auditEvent.groupBy({ by: ["chainId"], where: { chainId: { not: null } } });
    return rows.flatMap(({ chainId }) => chainId ?? []);
  }

  /** The last link of a chain before the first one that is not older than a time; null when that is its first. */
  async findCut(chainId: string, before: Date): Promise<ChainPosition | null> {
    const { auditEvent } = this.#database.client;
    const kept = { where: { chainId, createdAt: { gte: before } }, orderBy: { sequence: "asc" as const } };
    const firstKept = await auditEvent.findFirst({ ...kept, select: { sequence: true } });
    const place = firstKept === null ? {} : { sequence: { lt: firstKept.sequence ?? 0 } };
    const select = { sequence: true, mac: true };
    const last = await auditEvent.findFirst({ where: { chainId, ...place }, orderBy: { sequence: "desc" }, select });
    return last as ChainPosition | null;
  }

  /** The last of the first `most` links of a chain, none of them behind a place; null when there is none. */
  async findStep(chainId: string, upTo: number, most: number): Promise<ChainPosition | null> {
    const where = { chainId, sequence: { lte: upTo } };
    const links = await this.#database.client.auditEvent.findMany({
      where,
      orderBy: { sequence: "asc" },
      take: most,
      select: { sequence: true, mac: true },
    });
    return (links.at(-1) ?? null) as ChainPosition | null;
  }

  async deleteUpTo(transaction: Transaction, chainId: string, sequence: number): Promise<number> {
    const { count } = await transaction.auditEvent.deleteMany({ where: { chainId, sequence: { lte: sequence } } });
    return count;
  }

  /** After a place in the list when `afterId` is given. */
  findPage(
    scope: AuditScope,
    filter: AuditEventFilter,
    take: number,
    afterId: string | null,
    order: AuditOrder = "NEWEST_FIRST",
  ): Promise<AuditRecord[]> {
    const isNewestFirst = order === "NEWEST_FIRST";
    const place = afterId === null ? {} : { id: isNewestFirst ? { lt: afterId } : { gt: afterId } };
    const orderBy = { id: isNewestFirst ? ("desc" as const) : ("asc" as const) };
    return this.#database.client.auditEvent.findMany({ where: { ...whereOf(scope, filter), ...place }, orderBy, take });
  }

  count(scope: AuditScope, filter: AuditEventFilter): Promise<number> {
    return this.#database.client.auditEvent.count({ where: whereOf(scope, filter) });
  }

  findById(scope: AuditScope, id: string): Promise<AuditRecord | null> {
    return this.#database.client.auditEvent.findFirst({ where: { ...whereOf(scope, {}), id } });
  }
}

function whereOf(scope: AuditScope, { action, actorId, targetId, actions, from, to }: AuditEventFilter) {
  const all = [
    ...(actions == null ? [] : [{ action: { in: [...actions] } }]),
    ...(from == null ? [] : [{ createdAt: { gte: from } }]),
    ...(to == null ? [] : [{ createdAt: { lt: to } }]),
  ];
  return {
    ...(action == null ? {} : { action }),
    ...(actorId == null ? {} : { actorId }),
    ...(targetId == null ? {} : { targetId }),
    ...(all.length === 0 ? {} : { AND: all }),
    ...(scope === "ALL" ? {} : { OR: [{ actorId: scope.userId }, { ownerId: scope.userId }] }),
  };
}
