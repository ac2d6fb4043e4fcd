import { Readable } from "node:stream";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { createConnectionPool } from "./connection-pool.ts";
import { type Destination, parseDestination } from "./destination.ts";
import { CLOSED_CODES, toConnectionError } from "./exchange-error.ts";
import type { ClientOptions } from "./guarded-http-client.ts";
import { openGuardedSocket, type SocketOptions } from "./guarded-socket.ts";
import { createHostLookup } from "./host-lookup.ts";
import { joinHeaders, requireStatus } from "./http-exchange.ts";
import { type KeptConnection, keepConnection, NotSentError } from "./kept-connection.ts";
import { codeOf } from "./node-error.ts";
import { requireHeaders } from "./request-headers.ts";
import { type SilenceClock, startSilenceClock } from "./silence-clock.ts";
import { startStageClock } from "./stage-clock.ts";
import { readWatched, takeWhole } from "./stream-answer.ts";
import type { StreamClient, StreamRequest, StreamResponse } from "./stream-client.ts";
import { STREAM_LIMITS, type StreamLimits } from "./upstream-limits.ts";

/** The guarded client for streams. Connections are kept for their key, and looked up and checked anew when they are opened. */
export function createStreamClient(options: ClientOptions<StreamLimits>): StreamClient {
  const { allowList, lookupHost = createHostLookup(), breaker = createCircuitBreaker(), pinnedAuthorities } = options;
  const limits = { ...STREAM_LIMITS, ...options.limits };
  const socketOptions = { allowList, lookupHost, breaker, pinnedAuthorities, limits };
  const pool = createConnectionPool();

  const send = async (request: StreamRequest, destination: Destination, clock: SilenceClock): Promise<StreamResponse> => {
    const key = `${request.poolKey} ${destination.url.origin}`;
    const keep = (connection: KeptConnection) => pool.give(key, connection);
    const kept = pool.take(key, SAFE_METHODS.has(request.method) ? Number.POSITIVE_INFINITY : UNSAFE_MAX_IDLE_MS);
    if (kept !== null) {
      try {
        return await exchange(kept, destination, request, { clock, limits, keep });
      } catch (error) {
        if (clock.signal.aborted || !mayRepeat(error, request)) throw error;
      }
    }
    const fresh = await connect(destination, clock.signal, socketOptions);
    return await exchange(fresh, destination, request, { clock, limits, keep });
  };

  return {
    openStream: async (request) => {
      const destination = parseDestination(request.url, allowList);
      requireHeaders(request.headers ?? {});
      const clock = startSilenceClock(request.signal, limits.totalMs);
      try {
        return await send(request, destination, clock);
      } catch (error) {
        clock.end();
        throw toConnectionError(error, clock);
      }
    },
    close: pool.close,
  };
}

async function connect(
  destination: Destination,
  signal: AbortSignal,
  options: SocketOptions & { readonly limits: StreamLimits },
): Promise<KeptConnection> {
  const { limits } = options;
  const clock = startStageClock({ signal, totalMs: limits.lookupMs + limits.connectMs + limits.tlsMs });
  try {
    return keepConnection(destination.url.origin, await openGuardedSocket(destination, clock, signal, options), limits);
  } finally {
    clock.stop();
  }
}

const SAFE_METHODS = new Set(["GET", "HEAD"]);
/** What may not go out twice takes no connection that the upstream could just be closing for its idleness. */
const UNSAFE_MAX_IDLE_MS = 1_000;

/** Whether a kept connection failed so that the request may go out on a new one: unsent, or without effect when sent twice. */
function mayRepeat(error: unknown, { method, body }: StreamRequest): boolean {
  return error instanceof NotSentError || (body == null && SAFE_METHODS.has(method) && CLOSED_CODES.has(codeOf(error)));
}

type Exchange = {
  readonly clock: SilenceClock;
  readonly limits: StreamLimits;
  readonly keep: (connection: KeptConnection) => void;
};

async function exchange(
  connection: KeptConnection,
  { url }: Destination,
  request: StreamRequest,
  { clock, limits, keep }: Exchange,
): Promise<StreamResponse> {
  const { method, body = null, bodyLength = null, headers } = request;
  const waitForHead = () =>
    clock.await(request.firstByteMs ?? limits.firstByteMs, `${url.origin} accepted the call and gave no answer in time.`);
  const isStreamed = body instanceof Readable;
  try {
    if (!isStreamed) waitForHead();
    connection.awaitAnswer();
    const response = await connection.client.request({
      method,
      path: url.pathname + url.search,
      headers: { ...headers, ...(bodyLength === null ? {} : { "content-length": String(bodyLength) }) },
      body: isStreamed ? sendPieces(body, () => clock.await(limits.idleMs, STALLED), waitForHead) : body,
      signal: clock.signal,
    });
    clock.rest();
    const finish = (isWhole: boolean) => {
      clock.end();
      if (isWhole) keep(connection);
      else connection.close();
    };
    const status = requireStatus(response.statusCode, clock);
    const answered = joinHeaders(response.headers, limits, clock);
    const isEmpty = status === 204 || status === 304;
    if (isEmpty && answered["content-length"] !== undefined) {
      // It may say how long the body would be (RFC 9110, 8.6), and undici would wait for that body and find it cut.
      response.body.on("error", () => undefined);
      finish(false);
      return { status, headers: answered, body: new Uint8Array() };
    }
    const framing =
      isEmpty || method === "HEAD" ? {} : { coding: answered["content-encoding"], length: answered["content-length"] };
    const read = { source: response.body, ...framing, clock, limits, finish, origin: url.origin };
    return { status, headers: answered, body: takeWhole(read) ?? readWatched(read) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

const STALLED = "The call's body stopped on its way to the server.";

/**
 * The pieces of a body on their way out. The stream is not touched before the first piece is asked for, and left as it is when
 * the upstream answers before all was read. undici takes any async iterable; its types say only streams, which it would read
 * ahead of and destroy.
 */
function sendPieces(body: Readable, onPiece: () => void, onEnd: () => void): Readable {
  async function* pieces() {
    onPiece();
    for await (const piece of body.iterator({ destroyOnReturn: false })) {
      yield piece as Uint8Array;
      onPiece();
    }
    onEnd();
  }
  return pieces() as AsyncIterable<Uint8Array> as Readable;
}
