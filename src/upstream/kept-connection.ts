import type { Socket } from "node:net";
import type { Client } from "undici";
import { createClient } from "./http-exchange.ts";
import { skipInterimAnswers } from "./interim-answers.ts";
import type { HeadLimits } from "./upstream-limits.ts";

/** The reason of a request that never went out, because the connection had ended before: it may be sent on another one. */
export class NotSentError extends Error {
  override readonly name = "NotSentError";
}

/** One connection to an upstream, for one request at a time. */
export type KeptConnection = {
  readonly client: Client;
  readonly openedAt: number;
  /** To be called before each request. */
  readonly awaitAnswer: () => void;
  /** Called once when the connection ends while it is nobody's. */
  onEnd: (() => void) | null;
  readonly isOpen: () => boolean;
  readonly close: () => void;
};

/**
 * The connection that an open socket makes. It closes itself on everything odd: bytes that nobody asked for, an answer before
 * the request was whole, a wrong length, `Connection: close`; and after idling for 4 s, or for what `Keep-Alive` says less 2 s.
 */
export function keepConnection(origin: string, socket: Socket, limits: HeadLimits): KeptConnection {
  const client = createClient(origin, socket, limits, () => new NotSentError());
  const connection: KeptConnection = {
    client,
    openedAt: performance.now(),
    awaitAnswer: skipInterimAnswers(socket, limits.maxHeaderBytes),
    onEnd: null,
    isOpen: () => !socket.destroyed && !client.destroyed,
    close: () => {
      client.destroy().catch(() => undefined);
      socket.destroy();
    },
  };
  socket.once("close", () => connection.onEnd?.());
  return connection;
}
