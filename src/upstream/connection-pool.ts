import type { KeptConnection } from "./kept-connection.ts";

/** Connections between two requests. A connection is either in here or with one exchange, never both. */
export type ConnectionPool = {
  /** An idle connection of the key that is fit for use; null when there is none. */
  take(key: string): KeptConnection | null;
  /** Keeps a connection whose answer came whole; closes it when there are enough. */
  give(key: string, connection: KeptConnection): void;
  close(): void;
};

export type ConnectionPoolLimits = {
  readonly perKey: number;
  readonly total: number;
  /** How long a connection must have been silent since its last answer, in milliseconds. */
  readonly settleMs: number;
  /** After this long it is not used again, so that a host that moves is followed, in milliseconds. */
  readonly lifeMs: number;
};

const LIMITS: ConnectionPoolLimits = { perKey: 32, total: 512, settleMs: 5, lifeMs: 300_000 };

/**
 * A pool of idle connections, bounded by key and in all. The key holds user and credential, so a connection never carries
 * another's request. An upstream that lies about the length of an answer sends the rest of it right behind: a connection
 * rests for a moment before it is used again, and bytes that come meanwhile close it instead of answering the next request.
 */
export function createConnectionPool(changes: Partial<ConnectionPoolLimits> = {}): ConnectionPool {
  const limits = { ...LIMITS, ...changes };
  const idle = new Map<string, KeptConnection[]>();
  let count = 0;
  let isClosed = false;

  const forget = (key: string, connection: KeptConnection) => {
    const kept = idle.get(key) ?? [];
    const index = kept.indexOf(connection);
    if (index === -1) return;
    kept.splice(index, 1);
    connection.onEnd = null;
    count -= 1;
    if (kept.length === 0) idle.delete(key);
  };

  return {
    take: (key) => {
      const now = performance.now();
      // The one that rested longest comes first; when it has not settled, none has.
      for (;;) {
        const connection = idle.get(key)?.[0];
        if (connection === undefined || now - (connection.idleSince ?? now) < limits.settleMs) return null;
        forget(key, connection);
        if (connection.isOpen() && now - connection.openedAt < limits.lifeMs) return connection;
        connection.close();
      }
    },
    give: (key, connection) => {
      const kept = idle.get(key) ?? [];
      if (isClosed || !connection.isOpen() || kept.length >= limits.perKey || count >= limits.total) return connection.close();
      connection.idleSince = performance.now();
      idle.set(key, [...kept, connection]);
      count += 1;
      connection.onEnd = () => forget(key, connection);
    },
    close: () => {
      isClosed = true;
      for (const connection of [...idle.values()].flat()) connection.close();
      idle.clear();
      count = 0;
    },
  };
}
