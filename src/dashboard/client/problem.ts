import type { CombinedError } from "urql";
import { texts } from "../texts/texts.ts";
import type { AnswerError } from "./send.ts";

/** What went wrong, for people: what happened and what to do about it. */
export type Problem = { readonly code: string; readonly message: string; readonly field: string | null };

/** The problem in an error of the client's: the way to the gateway first, then what the gateway said. */
export function problemOf(error: CombinedError): Problem {
  const [first] = error.graphQLErrors;
  return first === undefined ? problemOfNetwork() : problemOfAnswer(first as AnswerError);
}

/** The problem when no answer came at all. */
export function problemOfNetwork(): Problem {
  return { code: "AWAY", message: texts.problems.away, field: null };
}

/** The problem that an answer's error tells; the gateway's own words, which are made for people, except where more can be said here. */
export function problemOfAnswer({ message, extensions = {} }: AnswerError): Problem {
  const code = extensions.code ?? "INTERNAL";
  const field = typeof extensions.field === "string" ? extensions.field : null;
  const { correlationId, retryAfterSeconds } = extensions;
  if (code === "INTERNAL") return { code, field, message: texts.problems.internal(String(correlationId ?? "")) };
  if (code === "RATE_LIMITED" && typeof retryAfterSeconds === "number")
    return { code, field, message: texts.problems.rateLimited(retryAfterSeconds) };
  if (code === "UNAVAILABLE") return { code, field, message: texts.problems.unavailable(message) };
  if (code === "UNAUTHENTICATED") return { code, field, message: texts.problems.unauthenticated };
  return { code, field, message };
}
