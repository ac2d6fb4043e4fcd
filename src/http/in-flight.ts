import type { FastifyInstance, FastifyRequest } from "fastify";
import { GatewayError } from "../errors.ts";

/**
 * Lets so many requests of a scope be worked on at once; the next is UNAVAILABLE. A request counts from when its body has
 * arrived until its answer is ready, so that whoever sends or takes slowly takes nobody's place; one whose answer is streamed,
 * until the stream ends.
 */
export function limitInFlight(scope: FastifyInstance, most: number): void {
  const counted = new WeakSet<FastifyRequest>();
  let inFlight = 0;
  const leave = (request: FastifyRequest) => {
    if (counted.delete(request)) inFlight -= 1;
  };
  scope.addHook("preHandler", async (request) => {
    if (inFlight >= most) {
      throw new GatewayError("UNAVAILABLE", "Too many requests are being worked on.", {
        retryAfterSeconds: 1,
        reason: "in-flight",
      });
    }
    inFlight += 1;
    counted.add(request);
  });
  scope.addHook("onSend", async (request, _reply, payload) => {
    if (typeof payload === "string" || Buffer.isBuffer(payload)) leave(request);
  });
  scope.addHook("onResponse", async (request) => leave(request));
}
