import type { FastifyReply } from "fastify";

/** Aborted when the caller goes away: their socket closes before the answer is written. */
export function signalWhenGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => {
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
