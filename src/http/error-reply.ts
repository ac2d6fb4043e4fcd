import type { FastifyReply, FastifyRequest } from "fastify";
import { asStoreError } from "../database/database.ts";
import { ERROR_CODES, type ErrorCode, GatewayError, type RefusalReason } from "../errors.ts";

/** What an HTTP caller is told of a failure: status, code, message, and how long to stay away where that helps. */
export type HttpFailure = {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly field?: string;
  readonly retryAfterSeconds?: number;
  /** For the metrics alone. */
  readonly reason?: RefusalReason;
};

/** The one answer to everything that went wrong on our side. */
const INTERNAL_MESSAGE = "Something went wrong inside Postern.";

const REFUSALS: Readonly<Record<number, string>> = {
  400: "The request is malformed.",
  404: "There is nothing here.",
  405: "This address does not take that method.",
  406: "None of the media types in Accept can be given here.",
  408: "The request took too long to arrive.",
  413: "The request body is too large.",
  415: "The request body's media type or encoding is not taken here.",
  417: "Expectations are not met here.",
  431: "The request's headers are too large.",
};

/** A refusal of the request as such, before anything was looked at. */
export function refusal(status: number): HttpFailure {
  const code = status === 404 ? "NOT_FOUND" : "BAD_USER_INPUT";
  return { status, code, message: REFUSALS[status] ?? "The request is malformed." };
}

/** Any thrown value as what the caller may know of it. */
export function failureOf(thrown: unknown): HttpFailure {
  const error = asStoreError(thrown);
  if (error instanceof GatewayError) {
    const { code, message, field, retryAfterSeconds, reason } = error;
    return {
      status: ERROR_CODES[code].status,
      code,
      message,
      ...(field === undefined ? {} : { field }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(reason === undefined ? {} : { reason }),
    };
  }
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? refusal(status) : { status: 500, code: "INTERNAL", message: INTERNAL_MESSAGE };
}

/** The failure as `{ error: { code, message, ... } }`, with `correlationId` when the log knows more. */
export function failureBody({ status, code, message, field, retryAfterSeconds }: HttpFailure, correlationId: string): object {
  const known = { code, message, field, retryAfterSeconds };
  return { error: status >= 500 ? { ...known, correlationId } : known };
}

/** Logs what is ours with its cause, and sets status and headers of the answer; the caller shapes and sends the body. */
export function prepareFailure(thrown: unknown, request: FastifyRequest, reply: FastifyReply): HttpFailure {
  const failure = failureOf(thrown);
  if (failure.status >= 500) request.log.error({ err: thrown }, "request failed");
  if (failure.retryAfterSeconds !== undefined) reply.header("retry-after", failure.retryAfterSeconds);
  // RFC 9110, 15.5.2: whoever is refused so is told how to say who they are.
  if (failure.status === 401 && !reply.hasHeader("www-authenticate")) reply.header("www-authenticate", "Bearer");
  reply.code(failure.status);
  request.failure = failure;
  return failure;
}
