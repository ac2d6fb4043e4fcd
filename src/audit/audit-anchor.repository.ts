import type { Database, Transaction } from "../database/database.ts";
import type { AuditAnchor } from "./audit-anchor.ts";

/** The newest anchor of each kind of each chain. The file beside the store has them all. */
export class AuditAnchorRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async save(anchor: AuditAnchor, transaction: Transaction = this.#database.client): Promise<void> {
    const { chainId, kind, ...said } = anchor;
    const where = { chainId_kind: { chainId, kind } };
    await transaction.auditAnchor.upsert({ where, create: anchor, update: said, select: { chainId: true } });
  }

  async findByChain(
    chainId: string,
    transaction: Pick<Transaction, "auditAnchor"> = this.#database.client,
  ): Promise<readonly AuditAnchor[]> {
    return (await transaction.auditAnchor.findMany({ where: { chainId } })) as AuditAnchor[];
  }

  /** Anchors by chain and kind, after a place in that order. */
  async findPage(after: Pick<AuditAnchor, "chainId" | "kind"> | null, take: number): Promise<readonly AuditAnchor[]> {
    const cursor = after && { cursor: { chainId_kind: { chainId: after.chainId, kind: after.kind } }, skip: 1 };
    const orderBy = [{ chainId: "asc" as const }, { kind: "asc" as const }];
    return (await this.#database.client.auditAnchor.findMany({ ...cursor, take, orderBy })) as AuditAnchor[];
  }
}
