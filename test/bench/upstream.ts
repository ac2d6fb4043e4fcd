import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/*
 * A company's API as the gateway calls it: `POST /login` gives a token, `GET /small` a kilobyte of JSON, `GET /large/{MiB}` as much
 * as is asked for.
 */

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const SMALL = JSON.stringify({
  items: Array.from({ length: 10 }, (_, id) => ({ id, name: `cluster-${id}`, state: "running and well" })),
});
const PIECE = Buffer.alloc(64 * 1024, "postern ");

function sendJson(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }).end(body);
}

function sendLarge(response: ServerResponse, mebibytes: number): void {
  let left = (mebibytes * 1024 * 1024) / PIECE.length;
  response.writeHead(200, { "content-type": "application/octet-stream" });
  const send = () => {
    while (left > 0) {
      left -= 1;
      if (!response.write(PIECE)) return void response.once("drain", send);
    }
    response.end();
  };
  send();
}

const server = createServer((request, response) => {
  request.resume();
  if (request.url === "/login") {
    const exp = Math.floor(Date.now() / 1_000) + 3_600;
    sendJson(
      response,
      JSON.stringify({
        statusCode: 200,
        accessToken: `${encode({ alg: "HS256" })}.${encode({ sub: "bench", exp })}.c2lnbmF0dXJl`,
      }),
    );
  } else if (request.url?.startsWith("/large/")) sendLarge(response, Number(request.url.slice("/large/".length)));
  else sendJson(response, SMALL);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
