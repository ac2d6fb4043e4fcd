import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fastify } from "fastify";

// Answers every request with the bytes it was given, by `node:http` or by Fastify: what HTTP itself costs here.
const { SERVER = "node", BODY = "{}", TYPE = "application/json; charset=utf-8" } = process.env;

function listenBare(): void {
  const headers = { "content-type": TYPE, "content-length": String(Buffer.byteLength(BODY)) };
  const server = createServer((request, response) => {
    const answer = () => response.writeHead(200, headers).end(BODY);
    if (request.method === "GET") return void answer();
    // As much as any server must do: take the body and read it.
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      JSON.parse(body);
      answer();
    });
  });
  server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
}

async function listenFastify(): Promise<void> {
  const app = fastify({ logger: false });
  app.all("/*", (_request, reply) => reply.type(TYPE).send(BODY));
  await app.listen({ host: "127.0.0.1", port: 0 });
  process.stdout.write(`${(app.server.address() as AddressInfo).port}\n`);
}

if (SERVER === "fastify") await listenFastify();
else listenBare();
