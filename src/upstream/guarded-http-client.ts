import type { Socket } from "node:net";
import { Client, type Dispatcher, errors } from "undici";
import type { AllowList } from "./allow-list.ts";
import { ConnectionError } from "./connection-error.ts";
import { type Destination, parseDestination } from "./destination.ts";
import { openGuardedSocket } from "./guarded-socket.ts";
import { createHostLookup, type HostLookup } from "./host-lookup.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "./http-client.ts";
import { codeOf } from "./node-error.ts";
import { requireHeaders } from "./request-headers.ts";
import { ACCEPTED_CODINGS, readBody } from "./response-body.ts";
import { type StageClock, startStageClock } from "./stage-clock.ts";

/** Deadlines in milliseconds. `longestMs` caps whatever deadline a request asks for. */
export type HttpLimits = {
  readonly lookupMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  readonly longestMs: number;
};

const LIMITS: HttpLimits = {
  lookupMs: 2_000,
  connectMs: 3_000,
  tlsMs: 3_000,
  firstByteMs: 10_000,
  idleMs: 5_000,
  totalMs: 30_000,
  longestMs: 150_000,
};
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 100;

export type HttpClientOptions = {
  readonly allowList: AllowList;
  readonly lookupHost?: HostLookup;
  /** PEM certificates trusted instead of the well-known ones. */
  readonly certificateAuthorities?: readonly string[];
  readonly limits?: Partial<HttpLimits>;
};

/**
 * The guarded client. Every request has a connection of its own: a kept one would be shared by credentials, and an upstream that
 * sends more than one answer could hand one user's to another. Proxies of the environment are not used.
 */
export function createHttpClient({ allowList, lookupHost = createHostLookup(), ...options }: HttpClientOptions): HttpClient {
  const limits = { ...LIMITS, ...options.limits };
  const socketOptions = { allowList, lookupHost, limits, certificateAuthorities: options.certificateAuthorities };
  return {
    request: async (request) => {
      const destination = parseDestination(request.url, allowList);
      requireHeaders(request.headers ?? {});
      const totalMs = Math.min(request.deadlineMs ?? limits.totalMs, limits.longestMs);
      const clock = startStageClock({ signal: request.signal, totalMs, onStage: request.onStage });
      try {
        const socket = await openGuardedSocket(destination, clock, socketOptions);
        return await exchange(socket, destination, request, clock, limits);
      } catch (error) {
        throw toConnectionError(error, clock);
      } finally {
        clock.stop();
      }
    },
  };
}

/** One request and its whole answer over the socket, which is closed in every case. */
async function exchange(
  socket: Socket,
  { url }: Destination,
  request: HttpRequest,
  clock: StageClock,
  { firstByteMs, idleMs }: HttpLimits,
): Promise<HttpResponse> {
  const stage = request.stage ?? "READ";
  const client = createClient(url.origin, socket, clock);
  try {
    clock.begin(
      stage,
      request.firstByteMs ?? request.deadlineMs ?? firstByteMs,
      `${url.origin} accepted the call and gave no answer in time.`,
    );
    const response = await client.request({
      method: request.method,
      path: url.pathname + url.search,
      headers: { "accept-encoding": ACCEPTED_CODINGS, "user-agent": "Postern", ...request.headers },
      body: request.body ?? null,
      signal: clock.signal,
      reset: true,
    });
    const windUp = () => clock.begin(stage, idleMs, `${url.origin} stopped in the middle of its answer.`);
    windUp();
    const headers = joinHeaders(response.headers, clock);
    const body = await readBody(response.body, headers["content-encoding"] ?? "", {
      maxBytes: request.maxBytes ?? MAX_BODY_BYTES,
      stage,
      onPiece: windUp,
    }).catch((error: unknown) => {
      clock.signal.throwIfAborted();
      throw error instanceof ConnectionError ? error : unexpected(clock, "The server's answer broke off or is damaged.", error);
    });
    return { status: response.statusCode, headers, body };
  } finally {
    client.destroy().catch(() => undefined);
    socket.destroy();
  }
}

/** An HTTP/1.1 client on a socket that is already open. It cannot open another, so nothing can be sent a second time. */
function createClient(origin: string, socket: Socket, clock: StageClock): Client {
  let unused: Socket | null = socket;
  return new Client(origin, {
    connect: (_, callback) => {
      const open = unused;
      unused = null;
      // Later, because undici looks away while it is calling here and would never begin.
      queueMicrotask(() => (open === null ? callback(closedEarly(clock), null) : callback(null, open)));
    },
    maxHeaderSize: MAX_HEADER_BYTES,
    // The stage clock does both; undici's own timers tick by the second.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function joinHeaders(headers: Dispatcher.ResponseData["headers"], clock: StageClock): Record<string, string> {
  const entries = Object.entries(headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")] as const,
  );
  const count = Object.values(headers).reduce((sum, value) => sum + (Array.isArray(value) ? value.length : 1), 0);
  if (count > MAX_HEADERS) throw unexpected(clock, `The server's answer has over ${MAX_HEADERS} headers.`);
  return Object.fromEntries(entries);
}

/** undici's errors can carry the bytes that the server sent, and those can echo a secret: only the code goes on. */
function unexpected(clock: StageClock, message: string, cause?: unknown): ConnectionError {
  return new ConnectionError("UNEXPECTED_RESPONSE", clock.stage, message, {
    cause: cause === undefined ? undefined : codeOf(cause),
  });
}

function closedEarly(clock: StageClock, cause?: string): ConnectionError {
  return new ConnectionError("UNREACHABLE", clock.stage, "The server closed the connection without an answer.", { cause });
}

/** What the network did, in words; a fault of the program (an error without code) stays what it is. */
function toConnectionError(error: unknown, clock: StageClock): unknown {
  if (clock.signal.aborted) return clock.signal.reason;
  if (error instanceof errors.HTTPParserError) return unexpected(clock, "What the server answers is not HTTP.", error);
  const code = codeOf(error);
  if (error instanceof ConnectionError || code === "unknown") return error;
  if (code === "UND_ERR_INVALID_ARG")
    return new ConnectionError("INVALID_FIELDS", "VALIDATE", "The request cannot be sent as HTTP.");
  if (code === "UND_ERR_HEADERS_OVERFLOW") return unexpected(clock, "The headers of the server's answer are too long.", error);
  return closedEarly(clock, code);
}
