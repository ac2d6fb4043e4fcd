import type { Database, Transaction } from "./database.ts";
import { Prisma } from "./generated/sqlite/client.ts";
import type { StatementTransaction } from "./prepared-statements.ts";

/** A hold on a name. The token grows with every take-over, so an older one tells a holder that was overtaken. */
export type Lease = { readonly name: string; readonly fencingToken: number };

/** Somebody else took the lease, or it was released: whatever the holder still wanted to write is out of date. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";

  constructor(lease: Lease) {
    super(`The lease ${lease.name} is no longer held with token ${lease.fencingToken}.`);
  }
}

/**
 * Time-limited holds, for work that one process at a time may do. A holder that stalls past its time loses the lease
 * without noticing, so every write under a lease calls `assertHeld` in its own transaction.
 */
export type Leases = {
  /** The lease for `ttlMs`, the same for all who ask for the name, or null while another holds it. */
  acquire(name: string, ttlMs: number): Promise<Lease | null>;
  /** Whether anybody holds it now. */
  isHeld(name: string): Promise<boolean>;
  /** Holds it for `ttlMs` from now; false when it is lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  /** Lets the next one in at once; a lease that is lost already is left alone. */
  release(lease: Lease): Promise<void>;
  /**
   * Keeps everybody else from taking the lease until the transaction ends. One that ran out and that nobody took
   * counts as held.
   * @throws {LeaseLostError}
   */
  assertHeld(transaction: Transaction, lease: Lease): Promise<void>;
  /** The same in a transaction of prepared statements. @throws {LeaseLostError} */
  assertHeldIn(transaction: StatementTransaction, lease: Lease): Promise<void>;
};

/** How far the store's clock may be set back without costing a holder its lease, in milliseconds. */
const CLOCK_MARGIN_MS = 5_000;

/**
 * The store's time plus `afterMs`. Nodes' clocks differ, so all leases of a store go by the one clock that they share:
 * the database server's, or with SQLite the machine's.
 */
function storeTime(provider: Database["provider"], afterMs: number): Prisma.Sql {
  if (provider === "postgresql") {
    return Prisma.sql`timezone('utc', clock_timestamp()) + ${afterMs}::double precision * interval '1 millisecond'`;
  }
  // The same text as Prisma's adapter writes, so that a comparison of texts is one of times.
  return Prisma.sql`strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', ${`${afterMs / 1_000} seconds`})`;
}

/** Leases in a database; `holder` names this process to whoever reads the table. */
export function createLeases({ database, holder }: { readonly database: Database; readonly holder: string }): Leases {
  const { client, provider } = database;
  return {
    acquire: async (name, ttlMs) => {
      const now = storeTime(provider, 0);
      const end = storeTime(provider, ttlMs);
      // No holder has it for longer than this: one that says so had a clock that was ahead.
      const latest = storeTime(provider, ttlMs + CLOCK_MARGIN_MS);
      const rows = await client.$queryRaw<{ fencingToken: number }[]>`
        INSERT INTO "Lease" ("name", "holder", "fencingToken", "expiresAt") VALUES (${name}, ${holder}, 1, ${end})
        ON CONFLICT ("name") DO UPDATE SET "holder" = excluded."holder",
          "fencingToken" = "Lease"."fencingToken" + 1, "expiresAt" = excluded."expiresAt"
        WHERE "Lease"."expiresAt" <= ${now} OR "Lease"."expiresAt" > ${latest}
        RETURNING "fencingToken"`;
      const [row] = rows;
      return row === undefined ? null : { name, fencingToken: Number(row.fencingToken) };
    },
    isHeld: async (name) => {
      const rows = await client.$queryRaw<unknown[]>`
        SELECT 1 AS "held" FROM "Lease" WHERE "name" = ${name} AND "expiresAt" > ${storeTime(provider, 0)}`;
      return rows.length > 0;
    },
    renew: async ({ name, fencingToken }, ttlMs) => {
      const count = await client.$executeRaw`
        UPDATE "Lease" SET "expiresAt" = ${storeTime(provider, ttlMs)}
        WHERE "name" = ${name} AND "fencingToken" = ${fencingToken}`;
      return count > 0;
    },
    release: async ({ name, fencingToken }) => {
      // The row stays, so that tokens never start over; the new token keeps a late renewal from reviving the lease.
      await client.$executeRaw`
        UPDATE "Lease" SET "expiresAt" = ${storeTime(provider, 0)}, "fencingToken" = "fencingToken" + 1
        WHERE "name" = ${name} AND "fencingToken" = ${fencingToken}`;
    },
    assertHeld: async (transaction, lease) => {
      // A write, although nothing changes: it locks the row against a take-over until this transaction ends.
      const { count } = await transaction.lease.updateMany({
        where: { name: lease.name, fencingToken: lease.fencingToken },
        data: { fencingToken: lease.fencingToken },
      });
      if (count === 0) throw new LeaseLostError(lease);
    },
    assertHeldIn: async (transaction, lease) => {
      const { name, fencingToken } = lease;
      const held = await transaction.run(
        `UPDATE "Lease" SET "fencingToken" = "fencingToken" WHERE "name" = $1 AND "fencingToken" = $2 RETURNING 1 AS "held"`,
        [name, fencingToken],
      );
      if (held.length === 0) throw new LeaseLostError(lease);
    },
  };
}
