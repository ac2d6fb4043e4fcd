import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";

/** What a connection's buffers take at once, and so need no clock. */
const LARGE_BYTES = 64 * 1024;
/** Longest time for a client to take an answer that stands ready whole, in stall times. */
const WHOLE_ANSWER_STALLS = 4;

/**
 * Closes the connection of a client that takes nothing of what waits for it for so long: Node has no limit of its own, and
 * whoever reads nothing holds the answer in memory for ever. An answer with nothing to say for a while is none of those.
 */
function watchAnswer(answer: ServerResponse, stallMs: number): void {
  const { socket } = answer;
  answer.setTimeout(stallMs, () => {
    // Node calls this after a time without any byte on its way, also when there is none to send.
    if (answer.writableLength > 0 || (socket?.writableLength ?? 0) > 0) socket?.destroy();
    else socket?.setTimeout(stallMs);
  });
}

/** Watches every answer of the app; one that is ready whole must also be taken whole before long, however many bytes move. */
export function closeStalledAnswers(app: FastifyInstance, stallMs: number): void {
  app.addHook("onSend", (_request, { raw }, payload, done) => {
    watchAnswer(raw, stallMs);
    if ((typeof payload === "string" || Buffer.isBuffer(payload)) && payload.length >= LARGE_BYTES) {
      const overdue = setTimeout(() => raw.destroy(), stallMs * WHOLE_ANSWER_STALLS).unref();
      raw.once("close", () => clearTimeout(overdue));
    }
    done();
  });
}
