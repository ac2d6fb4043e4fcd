import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/**
 * Closes, with the app, connections that never sent a request. Browsers and HTTP clients open such in advance; Node counts
 * them neither as idle nor as busy, and a server that closes would wait for each until its headers are overdue.
 */
export function closeSilentConnections(app: FastifyInstance): void {
  const silent = new Set<Socket>();
  app.server.on("connection", (socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  app.server.on("request", (request) => silent.delete(request.socket));
  app.addHook("preClose", async () => {
    for (const socket of silent) socket.destroy();
  });
}
