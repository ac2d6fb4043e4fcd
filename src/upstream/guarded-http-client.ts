import type { AllowList } from "./allow-list.ts";
import { type CircuitBreaker, createCircuitBreaker } from "./circuit-breaker.ts";
import { ConnectionError } from "./connection-error.ts";
import { parseDestination } from "./destination.ts";
import { toConnectionError, unexpectedAnswer } from "./exchange-error.ts";
import { openGuardedSocket } from "./guarded-socket.ts";
import { createHostLookup, type HostLookup } from "./host-lookup.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "./http-client.ts";
import { type Exchange, openExchange } from "./http-exchange.ts";
import type { PinnedAuthorities } from "./pinned-authorities.ts";
import { requireHeaders } from "./request-headers.ts";
import { readBody } from "./response-body.ts";
import { type StageClock, startStageClock } from "./stage-clock.ts";
import { HTTP_LIMITS, type HttpLimits } from "./upstream-limits.ts";

/** What every guarded client is made with. */
export type ClientOptions<Limits> = {
  readonly allowList: AllowList;
  readonly lookupHost?: HostLookup;
  readonly pinnedAuthorities?: PinnedAuthorities;
  /** Shared by clients that are to learn from one another; one of its own when left out. */
  readonly breaker?: CircuitBreaker;
  readonly limits?: Partial<Limits>;
};

/**
 * The guarded client. Every request has a connection of its own: a kept one would be shared by credentials, and an upstream that
 * sends more than one answer could hand one user's to another. Proxies of the environment are not used.
 */
export function createHttpClient(options: ClientOptions<HttpLimits>): HttpClient {
  const { allowList, lookupHost = createHostLookup(), breaker = createCircuitBreaker(), pinnedAuthorities } = options;
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const socketOptions = { allowList, lookupHost, limits, breaker, pinnedAuthorities };

  async function openGuardedExchange(request: HttpRequest, clock: StageClock): Promise<Exchange> {
    const destination = parseDestination(request.url, allowList);
    requireHeaders(request.headers ?? {});
    const socket = await openGuardedSocket(destination, clock, request.signal, socketOptions);
    const patience = request.firstByteMs ?? request.deadlineMs ?? limits.firstByteMs;
    clock.begin(request.stage ?? "READ", patience, `${destination.url.origin} accepted the call and gave no answer in time.`);
    return await openExchange(socket, destination, { ...request, limits }, clock);
  }

  return {
    request: async (request) => {
      const totalMs = Math.min(request.deadlineMs ?? limits.totalMs, limits.longestMs);
      const clock = startStageClock({ signal: request.signal, totalMs, onStage: request.onStage });
      try {
        const exchange = await openGuardedExchange(request, clock);
        return await readAnswer(exchange, request, clock, limits).finally(exchange.close);
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
  request: HttpRequest,
  clock: StageClock,
  { idleMs, maxBodyBytes }: HttpLimits,
): Promise<HttpResponse> {
  const { maxBytes = maxBodyBytes } = request;
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
