import type { KeptConnection } from "./kept-connection.ts";

/** Connections between two requests. A connection is either in here or with one exchange, never both. */
export type ConnectionPool = {
  /** A connection of the key that is fit for use and idle for `maxIdleMs` at most; null when there is none. */
  take(key: string, maxIdleMs: number): KeptConnection | null;
  /** Keeps a connection whose answer came whole; closes it when there are enough. */
  give(key: string, connection: KeptConnection): void;
  close(): void;
};

export type ConnectionPoolLimits = {
  readonly perKey: number;
  readonly total: number;
  /** How long a connection rests after an answer, in milliseconds. */
  readonly restMs: number;
  /** After this long it is not used again, so that a host that moves is followed, in milliseconds. */
  readonly lifeMs: number;
};

// For each thousand calls a second 25 connections rest.
const LIMITS: ConnectionPoolLimits = { perKey: 128, total: 512, restMs: 25, lifeMs: 300_000 };

type Idle = { readonly connection: KeptConnection; readonly since: number; isRested: boolean };

/**
 * A pool of idle connections, bounded by key and in all. The key holds user and credential, so a connection never carries
 * another's request. An upstream that lies about the length of an answer sends the rest of it right behind: a connection
 * rests before it is used again, and bytes that come meanwhile close it instead of answering the next request.
 */
export function createConnectionPool(changes: Partial<ConnectionPoolLimits> = {}): ConnectionPool {
  const limits = { ...LIMITS, ...changes };
  const pool = new Map<string, Set<Idle>>();
  let count = 0;
  let isClosed = false;

  const remove = (key: string, idle: Idle) => {
    const kept = pool.get(key);
    if (!kept?.delete(idle)) return;
    count -= 1;
    idle.connection.onEnd = null;
    if (kept.size === 0) pool.delete(key);
  };

  return {
    take: (key, maxIdleMs) => {
      const now = performance.now();
      for (const idle of pool.get(key) ?? []) {
        // They were given in this order, so none behind it has rested.
        if (!idle.isRested) return null;
        if (now - idle.since > maxIdleMs) continue;
        remove(key, idle);
        const { connection } = idle;
        if (connection.isOpen() && now - connection.openedAt < limits.lifeMs) return connection;
        connection.close();
      }
      return null;
    },
    give: (key, connection) => {
      const kept = pool.get(key) ?? new Set();
      if (isClosed || !connection.isOpen() || kept.size >= limits.perKey || count >= limits.total) return connection.close();
      const idle: Idle = { connection, since: performance.now(), isRested: false };
      pool.set(key, kept.add(idle));
      count += 1;
      connection.onEnd = () => remove(key, idle);
      // Behind the timer the event loop reads from all sockets once before it comes to the immediate, however late it is.
      const rest = () =>
        setImmediate(() => {
          idle.isRested = true;
        });
      setTimeout(rest, limits.restMs).unref();
    },
    close: () => {
      isClosed = true;
      for (const { connection } of [...pool.values()].flatMap((kept) => [...kept])) connection.close();
      pool.clear();
      count = 0;
    },
  };
}
