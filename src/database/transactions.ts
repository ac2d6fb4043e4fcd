import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Prisma, PrismaClient } from "./generated/sqlite/client.ts";

import { isTransactionConflict } from "./store-failures.ts";

type EndListener = (isCommitted: boolean) => void;

/** How long a transaction may wait for its turn and then last, in milliseconds. */
export type TransactionLimits = { readonly maxWait: number; readonly timeout: number };

/** How often a transaction that another one's locks have undone is begun anew, and the longest pause before, in milliseconds. */
const MOST_ANEW = 4;
const PAUSE_MS = 50;

/**
 * Does a transaction again from its beginning when the store has undone it, as PostgreSQL undoes one of those that wait for each
 * other's rows: so the work of a transaction keeps nothing outside of it.
 */
export async function untilUndisturbed<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let anew = 0; ; anew += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (anew === MOST_ANEW || !isTransactionConflict(error)) throw error;
      await sleep(randomInt(PAUSE_MS));
    }
  }
}

/** Transactions of a client that tell when they are over. */
export function createTransactions(client: PrismaClient, usualLimits: TransactionLimits) {
  const endings = new WeakMap<Prisma.TransactionClient, EndListener[]>();
  const attempt = async <Result>(
    work: (transaction: Prisma.TransactionClient) => Promise<Result>,
    limits: TransactionLimits,
  ): Promise<Result> => {
    const listeners: EndListener[] = [];
    const tell = (isCommitted: boolean) => {
      for (const listener of listeners) listener(isCommitted);
    };
    try {
      const result = await client.$transaction((transaction) => {
        endings.set(transaction, listeners);
        return work(transaction);
      }, limits);
      tell(true);
      return result;
    } catch (error) {
      tell(false);
      throw error;
    }
  };
  return {
    transaction: <Result>(
      work: (transaction: Prisma.TransactionClient) => Promise<Result>,
      limits: TransactionLimits = usualLimits,
    ): Promise<Result> => untilUndisturbed(() => attempt(work, limits)),
    onEnd: (transaction: Prisma.TransactionClient, listener: EndListener): void => {
      const listeners = endings.get(transaction);
      if (listeners === undefined) throw new Error("Only what `transaction` began has an end to wait for.");
      listeners.push(listener);
    },
  };
}
