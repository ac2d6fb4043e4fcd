import type { FastifyRequest, onRequestHookHandler } from "fastify";
import { clientNetworkOf } from "../access/client-network.ts";
import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import { createRequestRates, type RequestRates, type RequestRatesDeps } from "./request-rate.ts";

/** Counts a request and refuses it when there were too many: an `onRequest` hook. */
export type RequestLimit = onRequestHookHandler;

/** The limits of the groups of routes, counted together. */
export type RequestLimits = {
  /** Machines that fetch credentials. */
  readonly MACHINES: RequestLimit;
  readonly GENERAL: RequestLimit;
  /** Counts a request of a known caller, from whatever address. @throws {GatewayError} RATE_LIMITED */
  readonly takeOfCaller: (callerId: string) => void;
  /** Resolves when nothing is being written any more. */
  idle(): Promise<void>;
};

export type RequestLimitsDeps = RequestRatesDeps & {
  readonly config: Pick<Config, "RATE_LIMIT_PER_MINUTE" | "GENERAL_RATE_LIMIT_PER_MINUTE" | "CALLER_RATE_LIMIT_PER_MINUTE">;
};

/** The limits that the configuration sets. */
export function createRequestLimits({ config, ...deps }: RequestLimitsDeps): RequestLimits {
  const rates = createRequestRates(deps);
  return {
    MACHINES: createRequestLimit(rates, "machines", config.RATE_LIMIT_PER_MINUTE),
    GENERAL: createRequestLimit(rates, "general", config.GENERAL_RATE_LIMIT_PER_MINUTE),
    takeOfCaller: createCallerLimit(rates, config.CALLER_RATE_LIMIT_PER_MINUTE),
    idle: () => rates.idle(),
  };
}

const WINDOW_SECONDS = 60;

/**
 * A limit on the requests a minute of one address to one group of routes. Every answer carries the headers of the draft on
 * RateLimit fields, a refusal `Retry-After` too. No points: no limit.
 */
function createRequestLimit(rates: RequestRates, group: string, points: number): RequestLimit {
  if (points === 0) return (_request, _reply, done) => done();
  const limit = { points, windowSeconds: WINDOW_SECONDS };
  const policy = `${points};w=${WINDOW_SECONDS}`;
  return (request, reply, done) => {
    const { allowed, remaining, resetSeconds } = rates.take(`${group}:${networkOf(request)}`, limit);
    reply.headers({
      "ratelimit-limit": points,
      "ratelimit-remaining": remaining,
      "ratelimit-reset": resetSeconds,
      "ratelimit-policy": policy,
    });
    if (allowed) done();
    else done(tooMany(resetSeconds, "address-rate"));
  };
}

/** A limit on the requests a minute of one user or service token. No points: no limit. */
function createCallerLimit(rates: RequestRates, points: number): (callerId: string) => void {
  if (points === 0) return () => {};
  const limit = { points, windowSeconds: WINDOW_SECONDS };
  return (callerId) => {
    const { allowed, resetSeconds } = rates.take(`caller:${callerId}`, limit);
    if (!allowed) throw tooMany(resetSeconds, "caller-rate");
  };
}

function tooMany(resetSeconds: number, reason: "address-rate" | "caller-rate"): GatewayError {
  return new GatewayError("RATE_LIMITED", `Too many requests. Come back in ${resetSeconds} s.`, {
    retryAfterSeconds: resetSeconds,
    reason,
  });
}

/** A trusted proxy may pass on whatever it was sent for an address: then the proxy's own counts. */
function networkOf(request: FastifyRequest): string {
  return clientNetworkOf(request.ip) ?? clientNetworkOf(request.socket.remoteAddress) ?? "unknown";
}
