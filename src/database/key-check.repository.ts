import type { Clock } from "../identifiers.ts";
import type { Database, Transaction } from "./database.ts";

type KeyCheckRow = { readonly keyId: string; readonly check: Uint8Array<ArrayBuffer>; readonly createdAt: Date };

/** The table of key checks, as `keys/` asks for it. */
export function createKeyCheckRepository(database: Database, clock: Clock) {
  const list = (transaction: Transaction): Promise<KeyCheckRow[]> =>
    transaction.keyCheck.findMany({ select: { keyId: true, check: true, createdAt: true }, orderBy: { createdAt: "asc" } });

  return {
    list: () => list(database.client),
    addIf: (expected: readonly string[], { keyId, check }: Omit<KeyCheckRow, "createdAt">): Promise<boolean> =>
      database.transaction(async (transaction) => {
        // SQLite's transactions exclude each other; on PostgreSQL two of these would both see the table before them.
        if (database.provider === "postgresql") await transaction.$executeRaw`LOCK TABLE "KeyCheck" IN EXCLUSIVE MODE`;
        const found = new Set((await list(transaction)).map((row) => row.keyId));
        if (found.size !== expected.length || !expected.every((id) => found.has(id))) return false;
        await transaction.keyCheck.create({ data: { keyId, check, createdAt: clock.now() } });
        return true;
      }),
    remove: async (keyId: string): Promise<void> => {
      await database.client.keyCheck.deleteMany({ where: { keyId } });
    },
  };
}
