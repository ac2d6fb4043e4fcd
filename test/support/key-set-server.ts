import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { encode, type Members } from "./stolen-signer.ts";

type SigningPair = { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };

/** An issuer that publishes its keys at a URL, and signs RS256 with any of them. */
export async function startKeySetServer() {
  const pairs = new Map<string, SigningPair>();
  let requests = 0;
  let status = 200;
  const server = createServer((_request, response) => {
    requests += 1;
    const keys = [...pairs.values()].map(({ kid, publicKey }) => ({ ...publicKey.export({ format: "jwk" }), kid, use: "sig" }));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());

  const addKey = (kid: string) => {
    const pair = { kid, ...generateKeyPairSync("rsa", { modulusLength: 2_048 }) };
    pairs.set(kid, pair);
    return pair;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    addKey,
    removeKey: (kid: string) => pairs.delete(kid),
    answerWith: (next: number) => {
      status = next;
    },
    requests: () => requests,
    token: ({ kid, privateKey }: SigningPair, claims: Members, header: Members = {}) => {
      const input = `${encode({ alg: "RS256", typ: "JWT", kid, ...header })}.${encode(claims)}`;
      return `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
    },
  };
}
