import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { GatewayError } from "../errors.ts";
import { whenAnswered } from "./answered.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** True where a request mostly waits, for an upstream or for events: such requests have places of their own. */
    isWaiting: boolean;
  }
  interface FastifyInstance {
    /**
     * Counts a request's place among those of its `viewerId`, where who calls was found out after its body was read.
     * @throws {GatewayError} RATE_LIMITED when that caller has too many
     */
    readonly countCallersPlace: (request: FastifyRequest) => void;
  }
}

/** Bounds on the requests that are worked on at once: of everybody, and of one caller. */
export type InFlightBounds = { readonly most: number; readonly mostOfCaller: number };

export type InFlightLimit = {
  /** True while the next would be refused. */
  isFull(): boolean;
  /** How many are worked on, those that wait among them. */
  count(): number;
  /** Counts the requests of a scope, and refuses those beyond the bounds. */
  register(scope: FastifyInstance): void;
};

type Pool = { size: number };
/** What a request takes: of which pool, and of whom, where that is known before its body was read. */
type Place = { readonly pool: Pool; callerId: string | null };

/**
 * Lets so many requests of a scope be worked on at once; the next is UNAVAILABLE, or RATE_LIMITED where one caller has too
 * many. A request counts from when its body has arrived until its answer is ready, so that whoever sends or takes slowly takes
 * nobody's place; one whose answer is streamed, until the stream ends. Those that wait are counted apart, up to the same bound:
 * callers of an upstream that hangs keep nobody else out. Neither do a few whose requests hang and are none of those: what one
 * caller may have shrinks with the square of what is free, from half of all for the first.
 */
export function createInFlightLimit({ most, mostOfCaller }: InFlightBounds): InFlightLimit {
  const places = new WeakMap<FastifyRequest, Place>();
  const callers = new Map<string, number>();
  const working: Pool = { size: 0 };
  const waiting: Pool = { size: 0 };

  const countCaller = (callerId: string, change: 1 | -1) => {
    const count = (callers.get(callerId) ?? 0) + change;
    if (count === 0) callers.delete(callerId);
    else callers.set(callerId, count);
  };
  /** Refuses a caller another one of so many free places. */
  const requireShare = (callerId: string | null, free: number) => {
    const held = callerId === null ? 0 : (callers.get(callerId) ?? 0);
    if (held >= mostOfCaller || (free > 0 && held * most >= 2 * free ** 2)) {
      throw refusal("RATE_LIMITED", "Too many requests of yours are being worked on.", "caller-in-flight");
    }
  };
  const enter = (request: FastifyRequest) => {
    const { viewerId: callerId, isWaiting } = request;
    const pool = isWaiting ? waiting : working;
    requireShare(callerId, most - pool.size);
    if (pool.size >= most) throw refusal("UNAVAILABLE", "Too many requests are being worked on.", "in-flight");
    if (callerId !== null) countCaller(callerId, 1);
    pool.size += 1;
    places.set(request, { pool, callerId });
  };
  const countCallersPlace = (request: FastifyRequest) => {
    const { viewerId: callerId } = request;
    const place = places.get(request);
    if (place === undefined || place.callerId !== null || callerId === null) return;
    // Its own place is not free any more.
    requireShare(callerId, most - place.pool.size + 1);
    countCaller(callerId, 1);
    place.callerId = callerId;
  };
  const leave = (request: FastifyRequest) => {
    const place = places.get(request);
    if (place === undefined) return;
    places.delete(request);
    place.pool.size -= 1;
    if (place.callerId !== null) countCaller(place.callerId, -1);
  };
  return {
    isFull: () => working.size >= most,
    count: () => working.size + waiting.size,
    register: (scope) => {
      scope.decorateRequest("isWaiting", false);
      scope.decorate("countCallersPlace", countCallersPlace);
      scope.addHook("preHandler", (request, _reply, done) => {
        try {
          enter(request);
        } catch (error) {
          return done(error as GatewayError);
        }
        done();
      });
      scope.addHook("onSend", (request, { raw }, payload, done) => {
        if (!(payload instanceof Readable) || raw.destroyed) leave(request);
        done();
      });
      whenAnswered(scope, leave);
    },
  };
}

function refusal(code: "UNAVAILABLE" | "RATE_LIMITED", message: string, reason: "in-flight" | "caller-in-flight"): GatewayError {
  return new GatewayError(code, message, { retryAfterSeconds: 1, reason });
}
