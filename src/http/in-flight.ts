import type { FastifyInstance, FastifyRequest } from "fastify";
import { GatewayError } from "../errors.ts";

/** A bound on the requests that are worked on at once. */
export type InFlightLimit = {
  /** True while the next would be refused. */
  isFull(): boolean;
  /** How many are worked on. */
  count(): number;
  /** Counts the requests of a scope, and refuses those beyond the bound. */
  register(scope: FastifyInstance): void;
};

/**
 * Lets so many requests of a scope be worked on at once; the next is UNAVAILABLE. A request counts from when its body has
 * arrived until its answer is ready, so that whoever sends or takes slowly takes nobody's place; one whose answer is streamed,
 * until the stream ends.
 */
export function createInFlightLimit(most: number): InFlightLimit {
  const counted = new WeakSet<FastifyRequest>();
  let inFlight = 0;
  const leave = (request: FastifyRequest) => {
    if (counted.delete(request)) inFlight -= 1;
  };
  return {
    isFull: () => inFlight >= most,
    count: () => inFlight,
    register: (scope) => {
      scope.addHook("preHandler", (request, _reply, done) => {
        if (inFlight >= most) {
          const details = { retryAfterSeconds: 1, reason: "in-flight" } as const;
          return done(new GatewayError("UNAVAILABLE", "Too many requests are being worked on.", details));
        }
        inFlight += 1;
        counted.add(request);
        done();
      });
      scope.addHook("onSend", (request, _reply, payload, done) => {
        if (typeof payload === "string" || Buffer.isBuffer(payload)) leave(request);
        done();
      });
      scope.addHook("onResponse", (request, _reply, done) => {
        leave(request);
        done();
      });
    },
  };
}
