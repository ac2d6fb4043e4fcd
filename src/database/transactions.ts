import type { Prisma, PrismaClient } from "./generated/sqlite/client.ts";

type EndListener = (isCommitted: boolean) => void;

/** Transactions of a client that tell when they are over. */
export function createTransactions(client: PrismaClient, limits: { readonly maxWait: number; readonly timeout: number }) {
  const endings = new WeakMap<Prisma.TransactionClient, EndListener[]>();
  return {
    transaction: async <Result>(work: (transaction: Prisma.TransactionClient) => Promise<Result>): Promise<Result> => {
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
