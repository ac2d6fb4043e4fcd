import type { FastifyRequest } from "fastify";
import type { Authentication } from "../access/authentication.ts";
import { ENVIRONMENT_TOKEN_ID } from "../access/service-token-authenticator.ts";
import type { Viewer } from "../access/viewer.ts";
import { GatewayError } from "../errors.ts";
import { originOf } from "../http/request-origin.ts";
import type { Callers } from "./route.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who calls a REST route; null before that was asked. */
    viewer: Viewer | null;
  }
}

/** Who calls, in the handler of a route whose hook has asked. @throws {Error} when none has */
export function viewerOf({ viewer }: FastifyRequest): Viewer {
  if (viewer === null) throw new Error("The route did not ask who calls.");
  return viewer;
}

export type CallerServices = { readonly authentication: Authentication };

/**
 * Who calls, if they may come to such a route at all.
 * @throws {GatewayError} UNAUTHENTICATED without a token that the route takes, FORBIDDEN for a machine where users belong
 */
export async function identifyCaller(
  { authentication }: CallerServices,
  callers: Callers,
  request: FastifyRequest,
): Promise<Viewer> {
  const { authorization } = request.headers;
  const origin = originOf(request);
  // A public route does not care for a token that is stale.
  if (callers === "PUBLIC") return authentication.authenticateOrAnonymous(authorization, origin);
  const viewer = await authentication.authenticate(authorization, origin);
  if (viewer.type === "ANONYMOUS") throw new GatewayError("UNAUTHENTICATED", "Sign in first.");
  // It stands in the environments of test machines, for one route.
  if (callers !== "SERVICE" && viewer.id === ENVIRONMENT_TOKEN_ID)
    throw new GatewayError("FORBIDDEN", "This token is for another route.");
  if (callers === "SERVICE" && viewer.type !== "SERVICE") {
    throw new GatewayError("UNAUTHENTICATED", "This takes a service token.");
  }
  if (callers === "USER" && viewer.type !== "USER") throw new GatewayError("FORBIDDEN", "Only a user can do this.");
  return viewer;
}
