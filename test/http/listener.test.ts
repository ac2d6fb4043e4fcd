import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, it } from "vitest";
import { closeListener } from "../../src/http/listener.ts";

/** How many come while the listener closes; it goes on to take those who wait as long as there are more. */
const COMING = 200;

it.each([
  ["goes away", (socket: Socket) => void socket.destroy()],
  ["resets its connection", (socket: Socket) => void socket.resetAndDestroy()],
])("whoever is let in last and %s before being served keeps no server open, and ends none", async (_what, leave) => {
  const server = createServer((_request, answer) => answer.end("served"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const ended = once(server, "close");
  const closing = closeListener(server);
  let connected = 0;
  for (let index = 0; index < COMING; index += 1) {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    // One after another, so that many have left while the listener still looks for more.
    if (
      await once(socket, "connect").then(
        () => true,
        () => false,
      )
    )
      connected += 1;
    leave(socket);
  }
  await closing;
  await ended;
  expect(connected).toBeGreaterThan(1);
});
