import type { Database, Transaction } from "./database.ts";
import { startListener } from "./postgresql-listener.ts";

/** What a subscriber is told. Neither may throw. */
export type NotificationListener = {
  readonly onMessage: (payload: string) => void;
  /** Messages may have been missed: whatever was kept on their strength is to be forgotten. */
  readonly onGap: () => void;
};

/** Short messages between the nodes of one store. They hint at rows that changed; the rows are the truth. */
export type Notifications = {
  /**
   * Tells all nodes, this one included. With a transaction they hear of it once that is committed; on SQLite also when
   * it was rolled back, so a listener always looks at the row.
   * @throws {RangeError} for a payload over 2,000 bytes or a channel that is not lower-case letters and dashes
   */
  publish(channel: string, payload: string, transaction?: Transaction): Promise<void>;
  /** Resolves nothing and replays nothing: only what comes from now on. Call what it returns to end it. */
  subscribe(channel: string, listener: NotificationListener): () => void;
  /** False while messages of other nodes may be missed: nothing may be kept on their strength. */
  isLive(): boolean;
  close(): Promise<void>;
};

/** PostgreSQL's own limit is 8,000. */
const MAX_PAYLOAD_BYTES = 2_000;
/** The one channel of PostgreSQL that all messages take, so that a subscription needs no round trip. */
const POSTGRESQL_CHANNEL = "postern";

/**
 * Notifications over a store: by LISTEN and NOTIFY on PostgreSQL, where `url` must lead to the server itself or to a
 * pooler in session mode; within the process on SQLite, which one process uses.
 */
export function createNotifications(options: { readonly database: Database; readonly url: string | undefined }): Notifications {
  const { database, url } = options;
  const subscribers = createSubscribers();
  if (database.provider === "postgresql" && url !== undefined) return overPostgresql(database, url, subscribers);
  return inProcess(database, subscribers);
}

type Subscribers = {
  add(channel: string, listener: NotificationListener): () => void;
  deliver(channel: string, payload: string): void;
  reportGap(): void;
};

function createSubscribers(): Subscribers {
  const byChannel = new Map<string, Set<NotificationListener>>();
  return {
    add: (channel, listener) => {
      const listeners = byChannel.get(channel) ?? new Set();
      byChannel.set(channel, listeners.add(listener));
      return () => {
        listeners.delete(listener);
      };
    },
    deliver: (channel, payload) => {
      for (const { onMessage } of byChannel.get(channel) ?? []) onMessage(payload);
    },
    reportGap: () => {
      for (const listeners of byChannel.values()) for (const { onGap } of listeners) onGap();
    },
  };
}

function overPostgresql(database: Database, url: string, subscribers: Subscribers): Notifications {
  const listener = startListener({
    url,
    channel: POSTGRESQL_CHANNEL,
    onMessage: (text) => {
      const end = text.indexOf(":");
      subscribers.deliver(text.slice(0, end), text.slice(end + 1));
    },
    onGap: subscribers.reportGap,
  });
  return {
    publish: async (channel, payload, transaction) => {
      requireSendable(channel, payload);
      await (transaction ?? database.client).$executeRaw`SELECT pg_notify(${POSTGRESQL_CHANNEL}, ${`${channel}:${payload}`})`;
    },
    subscribe: subscribers.add,
    isLive: listener.isLive,
    close: listener.close,
  };
}

function inProcess({ client }: Database, subscribers: Subscribers): Notifications {
  return {
    publish: async (channel, payload, transaction) => {
      requireSendable(channel, payload);
      const deliver = () => subscribers.deliver(channel, payload);
      if (transaction === undefined) return deliver();
      // The one writer serves in turn: this write, which changes nothing, is served when the transaction is over.
      void client.$executeRaw`UPDATE "Lease" SET "holder" = "holder" WHERE 1 = 0`.then(deliver, deliver);
    },
    subscribe: subscribers.add,
    isLive: () => true,
    close: async () => {},
  };
}

function requireSendable(channel: string, payload: string): void {
  if (!/^[a-z-]{1,40}$/.test(channel)) throw new RangeError("A channel has lower-case letters and dashes");
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) throw new RangeError(`A payload has at most ${MAX_PAYLOAD_BYTES} bytes`);
}
