import type { Config } from "../config.ts";
import type { BreakerLimits } from "./circuit-breaker.ts";
import type { HttpLimits, StreamLimits } from "./upstream-limits.ts";

function sharedLimits(config: Config) {
  return {
    lookupMs: config.UPSTREAM_DNS_TIMEOUT_MS,
    connectMs: config.UPSTREAM_CONNECT_TIMEOUT_MS,
    tlsMs: config.UPSTREAM_TLS_TIMEOUT_MS,
    maxHeaderBytes: config.UPSTREAM_MAX_HEADER_BYTES,
    maxHeaders: config.UPSTREAM_MAX_HEADERS,
  };
}

/** What tests, logins and syncs may take, as the configuration says. */
export function httpLimits(config: Config): Partial<HttpLimits> {
  return {
    ...sharedLimits(config),
    firstByteMs: config.UPSTREAM_FIRST_BYTE_TIMEOUT_MS,
    idleMs: config.UPSTREAM_IDLE_TIMEOUT_MS,
    totalMs: config.UPSTREAM_TOTAL_TIMEOUT_MS,
    maxBodyBytes: config.UPSTREAM_MAX_BODY_BYTES,
  };
}

/** What calls through the gateway may take, as the configuration says. */
export function streamLimits(config: Config): Partial<StreamLimits> {
  return {
    ...sharedLimits(config),
    firstByteMs: config.CALL_FIRST_BYTE_TIMEOUT_MS,
    idleMs: config.CALL_IDLE_TIMEOUT_MS,
    totalMs: config.CALL_TOTAL_TIMEOUT_MS,
  };
}

/** When an upstream host is left alone, as the configuration says. */
export function breakerLimits(config: Config): BreakerLimits {
  return { failures: config.UPSTREAM_BREAKER_FAILURES, longestRestMs: config.UPSTREAM_BREAKER_REST_SECONDS * 1_000 };
}
