import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";

// Passes every request on to the upstream and streams its answer back, with nothing looked at.
const port = Number(process.env.UPSTREAM_PORT);
const server = createServer((incoming, outgoing) => {
  const path = (incoming.url ?? "/").replace("/api/user/call", "");
  const passed = send({ host: "127.0.0.1", port, path, method: incoming.method }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, { "content-type": answer.headers["content-type"] ?? "text/plain" });
    answer.pipe(outgoing);
  });
  incoming.pipe(passed);
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
