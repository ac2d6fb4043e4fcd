import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";

/** Tells when a caller has gone away: their socket closed before the answer was written. */
export function whenGone(answer: ServerResponse, listener: () => void): void {
  answer.once("close", () => {
    if (!answer.writableFinished) listener();
  });
}

/** Aborted when the caller goes away. */
export function signalWhenGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  whenGone(raw, () => gone.abort());
  return gone.signal;
}
