import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { whenGone } from "./gone-caller.ts";

/** Tells the listener of every request whose answer is over: sent, or cut by a client that has gone. */
export function whenAnswered(app: FastifyInstance, listener: (request: FastifyRequest, reply: FastifyReply) => void): void {
  app.addHook("onResponse", (request, reply, done) => {
    listener(request, reply);
    done();
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    // Fastify says nothing of a stream that was cut.
    if (payload instanceof Readable) whenGone(reply.raw, () => listener(request, reply));
    done();
  });
}
