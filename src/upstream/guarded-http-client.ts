import type { AllowList } from "./allow-list.ts";
import { ConnectionError } from "./connection-error.ts";
import { parseDestination } from "./destination.ts";
import { toConnectionError, unexpectedAnswer } from "./exchange-error.ts";
import { openGuardedSocket } from "./guarded-socket.ts";
import { createHostLookup, type HostLookup } from "./host-lookup.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "./http-client.ts";
import { type Exchange, openExchange } from "./http-exchange.ts";
import { requireHeaders } from "./request-headers.ts";
import { readBody } from "./response-body.ts";
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

/** The deadlines that hold unless a client is made with others. */
export const LIMITS: HttpLimits = {
  lookupMs: 2_000,
  connectMs: 3_000,
  tlsMs: 3_000,
  firstByteMs: 10_000,
  idleMs: 5_000,
  totalMs: 30_000,
  longestMs: 150_000,
};
const MAX_BODY_BYTES = 10 * 1024 * 1024;

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

  async function openGuardedExchange(request: HttpRequest, clock: StageClock): Promise<Exchange> {
    const destination = parseDestination(request.url, allowList);
    requireHeaders(request.headers ?? {});
    const socket = await openGuardedSocket(destination, clock, socketOptions);
    const patience = request.firstByteMs ?? request.deadlineMs ?? limits.firstByteMs;
    clock.begin(request.stage ?? "READ", patience, `${destination.url.origin} accepted the call and gave no answer in time.`);
    return await openExchange(socket, destination, request, clock);
  }

  return {
    request: async (request) => {
      const totalMs = Math.min(request.deadlineMs ?? limits.totalMs, limits.longestMs);
      const clock = startStageClock({ signal: request.signal, totalMs, onStage: request.onStage });
      try {
        const exchange = await openGuardedExchange(request, clock);
        return await readAnswer(exchange, request, clock, limits.idleMs).finally(exchange.close);
      } catch (error) {
        throw toConnectionError(error, clock);
      } finally {
        clock.stop();
      }
    },
  };
}

/** The whole answer, its body decoded and within the cap. */
async function readAnswer(
  { status, headers, body }: Exchange,
  { maxBytes = MAX_BODY_BYTES }: HttpRequest,
  clock: StageClock,
  idleMs: number,
): Promise<HttpResponse> {
  const windUp = () => clock.begin(clock.stage, idleMs, "The server stopped in the middle of its answer.");
  windUp();
  if (Number(headers["content-length"]) > maxBytes)
    throw unexpectedAnswer(clock, `The server's answer is over ${maxBytes} bytes.`);
  try {
    const coding = headers["content-encoding"] ?? "";
    return { status, headers, body: await readBody(body, coding, { maxBytes, stage: clock.stage, onPiece: windUp }) };
  } catch (error) {
    if (clock.signal.aborted || error instanceof ConnectionError) throw error;
    throw unexpectedAnswer(clock, "The server's answer broke off or is damaged.", error);
  }
}
