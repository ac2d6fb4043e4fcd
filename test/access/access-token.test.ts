import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { parseCompactToken } from "../../src/access/token-shape.ts";
import { makeId } from "../../src/identifiers.ts";
import { ISSUER, startAccess, viewerOf } from "../support/access.ts";
import { encode, expectAllRefused, hmacToken, type Members, startWithSigner } from "../support/stolen-signer.ts";

test("a token of ours has exactly the header and claims that are checked", async () => {
  const { tokens, signer } = await startWithSigner();
  const parsed = parseCompactToken(tokens.accessToken);
  expect(parsed).toEqual({ header: signer.header, payload: { ...signer.claims, jti: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
});

test("a valid token stands for its user, and the stolen signer's own control is accepted too", async () => {
  const { node, tokens, signer } = await startWithSigner();
  for (const token of [
    tokens.accessToken,
    signer.withClaims({}),
    signer.withClaims({ exp: signer.now + 1, iat: signer.now - 899 }),
  ]) {
    expect(await viewerOf(node, token)).toMatchObject({ type: "USER", id: tokens.user.id, username: "alice", role: "USER" });
  }
});

test("a header that names anything but our algorithm, type and key is refused", async () => {
  const harness = await startWithSigner();
  const { signer } = harness;
  const { keys } = await harness.node.signingKeys.readJwks();
  const hmacKey = JSON.stringify(keys[0]);
  await expectAllRefused(harness, {
    "alg none, unsigned": `${encode({ ...signer.header, alg: "none" })}.${encode(signer.claims)}.`,
    "alg none, signature kept": signer.withHeader({ alg: "none" }),
    "alg nOnE": signer.withHeader({ alg: "nOnE" }),
    "alg HS256 with the public key": hmacToken(signer, "HS256", hmacKey),
    "alg EdDSA over an HMAC": hmacToken(signer, "EdDSA", hmacKey),
    "alg Ed25519": signer.withHeader({ alg: "Ed25519" }),
    "alg ES256": signer.withHeader({ alg: "ES256" }),
    "alg an array": signer.withHeader({ alg: ["EdDSA"] }),
    "alg missing": signer.withoutHeader("alg"),
    "typ missing": signer.withoutHeader("typ"),
    "typ JWT": signer.withHeader({ typ: "JWT" }),
    "typ AT+JWT": signer.withHeader({ typ: "AT+JWT" }),
    "typ application/at+jwt": signer.withHeader({ typ: "application/at+jwt" }),
    "kid missing": signer.withoutHeader("kid"),
    "kid unknown": signer.withHeader({ kid: makeId("key") }),
    "kid of another type": signer.withHeader({ kid: signer.claims.sub }),
    "kid __proto__": signer.withHeader({ kid: "__proto__" }),
    "kid constructor": signer.withHeader({ kid: "constructor" }),
    "kid a path": signer.withHeader({ kid: "../../dev/null" }),
    "kid an injection": signer.withHeader({ kid: "' OR 1=1 --" }),
    "kid a number": signer.withHeader({ kid: 1 }),
    "kid null": signer.withHeader({ kid: null }),
    "kid an object": signer.withHeader({ kid: { toString: signer.header.kid } }),
    crit: signer.withHeader({ crit: ["exp"] }),
    "b64 false": signer.withHeader({ b64: false, crit: ["b64"] }),
    zip: signer.withHeader({ zip: "DEF" }),
    cty: signer.withHeader({ cty: "JWT" }),
    "__proto__ member": signer.signParts(JSON.stringify(signer.header).replace("{", '{"__proto__":{},'), signer.claims),
    "member twice": signer.signParts(JSON.stringify(signer.header).replace("{", '{"alg":"none",'), signer.claims),
    "space in the JSON": signer.signParts(JSON.stringify(signer.header, null, 1), signer.claims),
    "header an array": signer.signParts([signer.header], signer.claims),
    "header a string": signer.signParts('"EdDSA"', signer.claims),
    "header null": signer.signParts("null", signer.claims),
    "header no JSON": signer.signParts("{alg:EdDSA}", signer.claims),
    "header nested deeply": signer.signParts("[".repeat(2_000), signer.claims),
  });
});

test("keys that a token brings or points to are never looked at", async () => {
  const harness = await startWithSigner();
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/jwks.json`;
  const { keys } = await harness.node.signingKeys.readJwks();
  const brought = { jku: url, x5u: url, jwk: keys[0], x5c: ["MIIB"], x5t: "AAAA", "x5t#S256": "AAAA" };
  await expectAllRefused(
    harness,
    Object.fromEntries(Object.entries(brought).map(([name, value]) => [name, harness.signer.withHeader({ [name]: value })])),
  );
  expect(requests).toBe(0);
});

test("claims that are missing, of another type, for others or out of time are refused", async () => {
  const harness = await startWithSigner();
  const { signer } = harness;
  const { now } = signer;
  const missing = ["iss", "aud", "sub", "sid", "jti", "iat", "exp"].map((name) => [`no ${name}`, signer.withoutClaim(name)]);
  const wrong: Readonly<Record<string, Members>> = {
    "iss another": { iss: "http://evil.test" },
    "iss with a slash": { iss: `${ISSUER}/` },
    "iss a list": { iss: [ISSUER] },
    "aud another": { aud: "postern-admin" },
    "aud a list with ours": { aud: ["postern"] },
    "aud empty": { aud: "" },
    "sub a number": { sub: 1 },
    "sub a list": { sub: [signer.claims.sub] },
    "sub an object": { sub: { id: signer.claims.sub } },
    "sub empty": { sub: "" },
    "sub nobody": { sub: makeId("user") },
    "sub a session": { sub: signer.claims.sid },
    "sid nobody's": { sid: makeId("session") },
    "sid a number": { sid: 1 },
    "sid null": { sid: null },
    "jti empty": { jti: "" },
    "jti a number": { jti: 1 },
    "jti overlong": { jti: "j".repeat(65) },
    "exp a string": { exp: String(now + 900) },
    "exp 1e308": { exp: 1e308 },
    "exp a fraction": { exp: now + 899.5 },
    "exp null": { exp: null },
    "exp negative": { exp: -1 },
    "exp past": { iat: now - 900, exp: now },
    "exp beyond 15 minutes": { exp: now + 901 },
    "exp before iat": { iat: now + 5, exp: now + 4 },
    "iat in the future": { iat: now + 6, exp: now + 600 },
    "iat a string": { iat: String(now) },
    "iat a fraction": { iat: now - 0.5 },
    "iat negative": { iat: -1 },
    "nbf in the future": { nbf: now + 600 },
    "role added": { role: "ADMIN" },
  };
  await expectAllRefused(harness, {
    ...Object.fromEntries(missing),
    ...Object.fromEntries(Object.entries(wrong).map(([name, members]) => [name, signer.withClaims(members)])),
    "claims an array": signer.signParts(signer.header, [signer.claims]),
    "claims null": signer.signParts(signer.header, "null"),
    "claims no JSON": signer.signParts(signer.header, "{"),
    "claim twice": signer.signParts(signer.header, JSON.stringify(signer.claims).replace("{", '{"sub":"user_x",')),
    "exp as Infinity": signer.signParts(signer.header, JSON.stringify(signer.claims).replace(/"exp":\d+/, '"exp":1e999')),
  });
});

test("other texts of a good token, which jose alone would take, are refused", async () => {
  const harness = await startWithSigner();
  const good = harness.tokens.accessToken;
  const [head = "", body = "", signature = ""] = good.split(".");
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const spareBits = alphabet[alphabet.indexOf(signature.at(-1) ?? "") + 1];
  await expectAllRefused(harness, {
    padded: `${good}==`,
    "spare bits": `${good.slice(0, -1)}${spareBits}`,
    "space inside": `${head}.${body}.${signature.slice(0, 10)} ${signature.slice(10)}`,
    "space after": `${good} `,
    "newline after": `${good}\n`,
    "tab before": `\t${good}`,
    "plain base64": `${head}.${body}.${Buffer.from(signature, "base64url").toString("base64")}`,
    "four parts": `${good}.`,
    "five parts": `${good}.a.b`,
    "two parts": `${head}.${body}`,
    "no signature": `${head}.${body}.`,
    "signature cut": good.slice(0, -2),
    "signature grown": `${good}AA`,
    "signature of zeros": `${head}.${body}.${Buffer.alloc(64).toString("base64url")}`,
    "signature of another": `${head}.${encode({ ...harness.signer.claims, jti: "k" })}.${signature}`,
    "JSON serialisation": JSON.stringify({ protected: head, payload: body, signature }),
    "over 4 KB": harness.signer.withClaims({ jti: "j".repeat(4_000) }),
    "1 MB": `${head}.${"A".repeat(1_000_000)}.${signature}`,
    twice: `${good}, Bearer ${good}`,
    "percent-encoded": encodeURIComponent(`${good}=`),
    "UTF-8": `${good}é`,
    NUL: `${good}\u0000`,
  });
  expect((await viewerOf(harness.node, good)).username).toBe("alice");
});

test("any single changed character makes a token worthless", async () => {
  const harness = await startWithSigner();
  const good = harness.tokens.accessToken;
  const changed = [...good].map((char, place) => `${good.slice(0, place)}${char === "A" ? "B" : "A"}${good.slice(place + 1)}`);
  await expectAllRefused(harness, Object.fromEntries(changed.map((token, place) => [`at ${place}`, token])));
});

test("all Wycheproof JWS vectors are refused, and those with bent base64url before any signature is looked at", async () => {
  type Vectors = { testGroups: { comment: string; tests: { tcId: number; jws: unknown; result: string }[] }[] };
  const file = new URL("../vectors/json_web_signature_test.json", import.meta.url);
  const { testGroups } = JSON.parse(readFileSync(file, "utf8")) as Vectors;
  const textOf = (jws: unknown) => (typeof jws === "string" ? jws : JSON.stringify(jws));
  const all = testGroups.flatMap(({ tests }) => tests.map(({ tcId, jws }) => [String(tcId), textOf(jws)]));
  expect(all).toHaveLength(401);
  await expectAllRefused(await startAccess(), Object.fromEntries(all));

  const bent = testGroups.flatMap(({ comment, tests }) =>
    comment === "base64" ? tests.filter(({ result }) => result === "invalid") : [],
  );
  expect(bent.filter(({ jws }) => parseCompactToken(textOf(jws)) !== null).map(({ tcId }) => tcId)).toEqual([]);
});
