import { makeId } from "../../src/identifiers.ts";
import { hmacToken, type Members } from "../support/stolen-signer.ts";
import type { TokenCase, TokenWorld } from "./token-cases.ts";

/** Tokens whose claims are wrong, under our own signature, and those of a trusted issuer that must be refused. */
export function claimCases(world: TokenWorld): readonly TokenCase[] {
  return [...timeCases(world), ...nameCases(world), ...subjectCases(world), ...foreignIssuerCases(world)];
}

function timeCases({ signer }: TokenWorld): TokenCase[] {
  const { now, header, claims } = signer;
  const cases: Readonly<Record<string, Members>> = {
    "exp 0": { exp: 0 },
    "exp 1e308": { exp: 1e308 },
    "exp beyond safe integers": { exp: 2 ** 53 },
    "exp far off": { exp: now + 10 * 365 * 86_400 },
    "exp in milliseconds": { exp: (now + 900) * 1_000 },
    "exp past": { iat: now - 900, exp: now - 1 },
    "exp before iat": { iat: now + 4, exp: now + 3 },
    "exp and iat alike": { iat: now, exp: now },
    "a life of 15 minutes and a second": { exp: now + 901 },
    "a life of a day": { exp: now + 86_400 },
    "iat 0": { iat: 0 },
    "iat in the future": { iat: now + 300, exp: now + 900 },
    "iat far in the future": { iat: now + 86_400, exp: now + 87_000 },
    "iat 1e308": { iat: 1e308 },
    "nbf in the future": { nbf: now + 600 },
    "nbf a text": { nbf: "now" },
    "nbf 1e308": { nbf: 1e308 },
    "nbf past, a claim that we never write": { nbf: now - 60 },
  };
  const text = JSON.stringify(claims);
  return [
    ...Object.entries(cases).map(([name, members]): TokenCase => [name, signer.withClaims(members)]),
    ["exp infinite", signer.signParts(header, text.replace(/"exp":\d+/, '"exp":1e999'))],
    ["exp with a fraction of zero", signer.signParts(header, text.replace(/"exp":(\d+)/, '"exp":$1.0'))],
    ["exp with an exponent", signer.signParts(header, text.replace(/"exp":(\d+)/, '"exp":$1e0'))],
  ];
}

function nameCases({ signer }: TokenWorld): TokenCase[] {
  const { header, claims } = signer;
  const iss = String(claims.iss);
  const issuers = ["http://evil.test", `${iss}/`, `${iss}.evil.test`, iss.toUpperCase(), ` ${iss}`, iss.slice(0, -1), "*"];
  const audiences = ["postern-admin", "poster", "Postern", " postern", "*", ["postern", "other"], ["other"], []];
  const text = JSON.stringify(claims);
  return [
    ...issuers.map((each): TokenCase => [`iss ${each}`, signer.withClaims({ iss: each })]),
    ...audiences.map((aud): TokenCase => [`aud ${JSON.stringify(aud)}`, signer.withClaims({ aud })]),
    ["a role added", signer.withClaims({ role: "ADMIN" })],
    ["a scope added", signer.withClaims({ scope: "credential:reveal" })],
    ["claims with __proto__", signer.signParts(header, text.replace("{", '{"__proto__":{"role":"ADMIN"},'))],
    ["claims with sub twice", signer.signParts(header, text.replace("{", '{"sub":"user_x",'))],
    ["claims with exp twice", signer.signParts(header, text.replace("}", ',"exp":1}'))],
    ["claims with a member escaped", signer.signParts(header, text.replace('"sub"', '"s\\u0075b"'))],
    ["claims with spaces", signer.signParts(header, JSON.stringify(claims, null, 1))],
    ["claims a list", signer.signParts(header, [claims])],
    ["claims null", signer.signParts(header, "null")],
    ["claims no JSON", signer.signParts(header, "{")],
    ["claims no UTF-8", signer.signParts(header, Buffer.from(text.replace("postern", "p\u00ffstern"), "latin1"))],
  ];
}

function subjectCases({ signer, other, deleted, disabled, endedSessionId }: TokenWorld): TokenCase[] {
  const { sub, sid } = signer.claims;
  const cases: Readonly<Record<string, Members>> = {
    "sub unknown": { sub: makeId("user") },
    "sub a session": { sub: sid },
    "sub of another user": { sub: other.sub },
    "sub in capitals": { sub: String(sub).toUpperCase() },
    "sub with a space": { sub: `${sub} ` },
    "sub *": { sub: "*" },
    "sub and sid of a deleted user": deleted,
    "sub and sid of a disabled user": disabled,
    "sid unknown": { sid: makeId("session") },
    "sid a user": { sid: sub },
    "sid signed out of": { sid: endedSessionId },
    "sid of another user": { sid: other.sid },
    "sid __proto__": { sid: "__proto__" },
    "jti overlong": { jti: "j".repeat(65) },
  };
  return Object.entries(cases).map(([name, members]) => [name, signer.withClaims(members)]);
}

/** What would pass as a trusted issuer's, were anything of it looked at less closely. */
function foreignIssuerCases({ signer, issuer: { iss, secret } }: TokenWorld): TokenCase[] {
  const { now, header, claims } = signer;
  const jwt: Members = { typ: "JWT" };
  const good: Members = { iss, sub: "carl", exp: now + 3_600 };
  const chat = (members: Members, more: Members = {}) =>
    hmacToken({ header: { ...jwt, ...more }, claims: { ...good, ...members } }, "HS256", secret);
  return [
    ["a trusted issuer's secret under our claims", hmacToken({ header, claims }, "HS256", secret)],
    ["a trusted issuer's name under our key", signer.signParts(header, good)],
    ["a trusted issuer's, alg none", signer.signParts({ ...jwt, alg: "none" }, good, () => Buffer.alloc(0))],
    ["a trusted issuer's, HS384", hmacToken({ header: jwt, claims: good }, "HS384", secret, "sha384")],
    ["a trusted issuer's, another secret", hmacToken({ header: jwt, claims: good }, "HS256", `${secret} `)],
    ["a trusted issuer's, no secret", hmacToken({ header: jwt, claims: good }, "HS256", "")],
    ["a trusted issuer's, expired", chat({ exp: now - 1 })],
    ["a trusted issuer's, without end", chat({ exp: undefined })],
    ["a trusted issuer's, exp a text", chat({ exp: String(now + 900) })],
    ["a trusted issuer's, not yet good", chat({ nbf: now + 600 })],
    ["a trusted issuer's, from the future", chat({ iat: now + 600 })],
    ["a trusted issuer's, iss with a slash", chat({ iss: `${iss}/` })],
    ["a trusted issuer's, nobody in it", chat({ sub: undefined })],
    ["a trusted issuer's, sub an object", chat({ sub: { name: "carl" } })],
    ["a trusted issuer's, with jku", chat({}, { jku: "http://127.0.0.1:9/" })],
    ["a trusted issuer's, with crit", chat({}, { crit: ["exp"] })],
  ];
}
