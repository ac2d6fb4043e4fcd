import type { FastifyInstance, FastifyReply, HTTPMethods, onRequestHookHandler } from "fastify";

/** The refusal of a request as such, by its status alone. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  readonly statusCode: 404 | 405 | 415;

  constructor(statusCode: RequestRefused["statusCode"]) {
    super(`The request is refused with status ${statusCode}.`);
    this.statusCode = statusCode;
  }
}

/** Marks the routes that are there to refuse: they are no part of what is described. */
export const REFUSAL = { isRefusal: true };

/** What an address is read by, HEAD with GET. */
export const READING: readonly string[] = ["GET", "HEAD"];

/** Refuses every method of an address but those that are taken, before any body is read. */
export function refuseMethods(scope: FastifyInstance, url: string, taken: readonly string[]): void {
  const onRequest: onRequestHookHandler = async (_request, reply) => refuseMethod(reply, taken);
  scope.route({ method: methodsBut(scope, taken), url, onRequest, handler: refuseLate, config: REFUSAL });
}

/** Every method that the app knows, without those that are taken. */
export function methodsBut(scope: FastifyInstance, taken: readonly string[]): HTTPMethods[] {
  return scope.supportedMethods.filter((each) => !taken.includes(each)) as HTTPMethods[];
}

/** @throws {RequestRefused} 405, naming the methods that are taken */
export function refuseMethod(reply: FastifyReply, taken: readonly string[]): never {
  reply.header("allow", taken.join(", "));
  throw new RequestRefused(405);
}

/** The handler of a route that refuses, never reached: its hook has refused before any body was read. */
export async function refuseLate(): Promise<never> {
  throw new RequestRefused(404);
}
