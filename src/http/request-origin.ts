import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import type { RequestOrigin } from "../access/viewer.ts";

const WELL_FORMED = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_USER_AGENT = 256;

/** The caller's `X-Request-Id` when it is safe to repeat in headers and log lines, a new one otherwise. */
export function correlationIdOf(request: IncomingMessage): string {
  const offered = request.headers["x-request-id"];
  return typeof offered === "string" && WELL_FORMED.test(offered) ? offered : randomUUID();
}

/** Where a request came from; the address is the peer's, or what a trusted proxy says. */
export function originOf(request: FastifyRequest): RequestOrigin {
  return {
    ip: request.ip,
    userAgent: request.headers["user-agent"]?.slice(0, MAX_USER_AGENT) ?? null,
    correlationId: request.id,
  };
}
