import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { Client, type Dispatcher } from "undici";
import type { Destination } from "./destination.ts";
import { closedEarly, unexpectedAnswer } from "./exchange-error.ts";
import type { HttpRequest } from "./http-client.ts";
import { skipInterimAnswers } from "./interim-answers.ts";
import { ACCEPTED_CODINGS } from "./response-body.ts";
import type { Progress, StageClock } from "./stage-clock.ts";
import type { HeadLimits } from "./upstream-limits.ts";

/** An answer whose head has arrived and whose body is still to be read. */
export type Exchange = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As it comes over the wire: its content coding is still on. */
  readonly body: Readable;
  /** Closes the connection; call it in every case. */
  close(): void;
};

/** Sends one request over an open socket and waits for the head of the answer. The clock's stage is the request's. */
export async function openExchange(
  socket: Socket,
  { url }: Destination,
  { limits, ...request }: HttpRequest & { readonly limits: HeadLimits },
  clock: StageClock,
): Promise<Exchange> {
  const client = createClient(url.origin, socket, limits, () => closedEarly(clock));
  const close = () => {
    client.destroy().catch(() => undefined);
    socket.destroy();
  };
  try {
    skipInterimAnswers(socket, limits.maxHeaderBytes)();
    const response = await client.request({
      method: request.method,
      path: url.pathname + url.search,
      headers: { "accept-encoding": ACCEPTED_CODINGS, "user-agent": "Postern", ...request.headers },
      body: request.body ?? null,
      signal: clock.signal,
      reset: true,
    });
    const status = requireStatus(response.statusCode, clock);
    return { status, headers: joinHeaders(response.headers, limits, clock), body: response.body, close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * An HTTP/1.1 client on a socket that is already open. It cannot open another, so nothing can be sent a second time: what would
 * need one fails with the error of `whenGone`.
 */
export function createClient(origin: string, socket: Socket, { maxHeaderBytes }: HeadLimits, whenGone: () => Error): Client {
  let unused: Socket | null = socket;
  return new Client(origin, {
    connect: (_, callback) => {
      const open = unused;
      unused = null;
      // Later, because undici looks away while it is calling here and would never begin.
      queueMicrotask(() => (open === null ? callback(whenGone(), null) : callback(null, open)));
    },
    maxHeaderSize: maxHeaderBytes,
    // The stage clock does both; undici's own timers tick by the second.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** The status of an answer, if it can be one: three digits from 200 to 599. @throws {ConnectionError} */
export function requireStatus(status: number, clock: Progress): number {
  if (status >= 200 && status <= 599) return status;
  throw unexpectedAnswer(clock, `The server answers with the status ${status}, which HTTP does not have.`);
}

/** Lower-case names with their values, repeated ones joined by commas. @throws {ConnectionError} when there are too many. */
export function joinHeaders(
  headers: Dispatcher.ResponseData["headers"],
  { maxHeaders }: HeadLimits,
  clock: Progress,
): Record<string, string> {
  const values = Object.values(headers).flat();
  if (values.length > maxHeaders) throw unexpectedAnswer(clock, `The server's answer has over ${maxHeaders} headers.`);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]));
}
