import { randomBytes } from "node:crypto";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

export type ListenerOptions = {
  readonly url: string;
  /** A plain identifier. */
  readonly channel: string;
  readonly onMessage: (payload: string) => void;
  /** Messages may have been missed; comes with every connection, the first one included, before its first message. */
  readonly onGap: () => void;
};

export type Listener = {
  /** True while what is sent is proven to arrive, give or take three seconds. */
  isLive(): boolean;
  close(): Promise<void>;
};

const CONNECT_MS = 2_000;
const RECONNECT_MS = 500;
const HEARTBEAT_MS = 1_000;
const SILENCE_MS = 3_000;

/**
 * Keeps one connection that listens. It notifies itself once a second: only what comes back proves that messages do,
 * since a broken network says nothing for minutes, and a pooler in transaction mode accepts LISTEN and delivers nothing.
 */
export function startListener(options: ListenerOptions): Listener {
  const closing = new AbortController();
  let isLive = false;
  const onLive = (next: boolean) => {
    isLive = next;
  };
  const run = async () => {
    while (!closing.signal.aborted) {
      await listenUntilBroken(options, onLive, closing.signal);
      onLive(false);
      await sleep(RECONNECT_MS, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    isLive: () => isLive,
    close: () => {
      closing.abort();
      return running;
    },
  };
}

/** One connection, from its opening until it breaks or is closed; never rejects. */
async function listenUntilBroken(
  options: ListenerOptions,
  onLive: (isLive: boolean) => void,
  closing: AbortSignal,
): Promise<void> {
  const { url, channel, onMessage, onGap } = options;
  const heartbeatChannel = `${channel}_${randomBytes(8).toString("hex")}`;
  // Our own socket, because a client whose peer is gone cannot be ended otherwise.
  const socket = new Socket();
  const breakOff = () => socket.destroy();
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, stream: () => socket });
  const broken = new Promise<void>((resolve) => {
    client.on("error", () => resolve());
    client.on("end", () => resolve());
  });
  let heardAt = performance.now();
  client.on("notification", (message) => {
    if (message.channel !== heartbeatChannel) return onMessage(message.payload ?? "");
    heardAt = performance.now();
    onLive(true);
  });
  const beat = async () => {
    if (performance.now() - heardAt > SILENCE_MS) throw new Error("The listening connection is silent");
    await client.query(`NOTIFY ${heartbeatChannel}`);
  };
  let heartbeat: NodeJS.Timeout | undefined;
  closing.addEventListener("abort", breakOff, { once: true });
  try {
    await client.connect();
    await client.query(`LISTEN ${channel}; LISTEN ${heartbeatChannel}`);
    onGap();
    heardAt = performance.now();
    await beat();
    heartbeat = setInterval(() => void beat().catch(breakOff), HEARTBEAT_MS);
    await broken;
  } catch {
    // It could not connect, or broke meanwhile: the same to whoever tries again.
  } finally {
    clearInterval(heartbeat);
    closing.removeEventListener("abort", breakOff);
    breakOff();
    client.end().catch(() => undefined);
  }
}
