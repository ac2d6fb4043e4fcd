import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export type RawUpstream = { readonly origin: string; readonly connectionCount: () => number };

async function listen(server: Server): Promise<RawUpstream> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connectionCount: () => connections };
}

/** A real HTTP server on 127.0.0.1 that streams as the handler says; it goes away with the test. */
export function startStreamingServer(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<RawUpstream> {
  return listen(createServer(handle));
}

/** A server of bytes: the handler is told of every piece that arrives, with its count on that connection. */
export function startByteServer(handle: (socket: Socket, piece: string, count: number) => void): Promise<RawUpstream> {
  return listen(
    createTcpServer((socket) => {
      let count = 0;
      socket.on("data", (piece) => {
        count += 1;
        handle(socket, piece.toString("latin1"), count);
      });
    }),
  );
}

/** Waits until the condition holds; the test's own time-out ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
