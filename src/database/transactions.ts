import type { Prisma, PrismaClient } from "./generated/sqlite/client.ts";

type EndListener = (isCommitted: boolean) => void;

/** How long a transaction may wait for its turn and then last, in milliseconds. */
export type TransactionLimits = { readonly maxWait: number; readonly timeout: number };

/** Transactions of a client that tell when they are over. */
export function createTransactions(client: PrismaClient, usualLimits: TransactionLimits) {
  const endings = new WeakMap<Prisma.TransactionClient, EndListener[]>();
  return {
    transaction: async <Result>(
      work: (transaction: Prisma.TransactionClient) => Promise<Result>,
      limits: TransactionLimits = usualLimits,
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
    },
    onEnd: (transaction: Prisma.TransactionClient, listener: EndListener): void => {
      const listeners = endings.get(transaction);
      if (listeners === undefined) throw new Error("Only what `transaction` began has an end to wait for.");
      listeners.push(listener);
    },
  };
}
