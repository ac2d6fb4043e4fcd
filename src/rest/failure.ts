import type { FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../errors.ts";
import { type HttpFailure, prepareFailure } from "../http/error-reply.ts";
import type { FailureShape, WordedFailure } from "./route.ts";

/** Answers with a failure as a replaced system words it, with the headers that go with its status. */
export function sendFailure(shape: FailureShape, thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = prepareFailure(thrown, request, reply);
  const { status, message } = rewordFailure(shape, failure);
  return reply.code(status).send({ [shape.key]: message });
}

/** Status and message of a failure in a system's own words. */
export function rewordFailure(shape: FailureShape, failure: WordedFailure): Pick<HttpFailure, "status" | "message"> {
  return shape.reword === undefined ? failure : shape.reword(failure);
}

/** @throws {GatewayError} BAD_USER_INPUT naming the field */
export function refuseField(field: string, complaint: string): never {
  throw new GatewayError("BAD_USER_INPUT", field === "" ? `The request ${complaint}` : `${field} ${complaint}`, { field });
}
