import type { Database, Transaction } from "./database.ts";

/** Makes every change in one transaction, one after the other; resolves with how many rows that changed. */
export function changeEach<Change>(
  database: Database,
  changes: readonly Change[],
  make: (transaction: Transaction, change: Change) => Promise<{ readonly count: number }>,
): Promise<number> {
  return database.transaction(async (transaction) => {
    let changed = 0;
    for (const change of changes) changed += (await make(transaction, change)).count;
    return changed;
  });
}
