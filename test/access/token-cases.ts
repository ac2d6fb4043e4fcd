import { generateKeyPairSync, type KeyObject, sign as signBytes } from "node:crypto";
import { makeId } from "../../src/identifiers.ts";
import { encode, hmacToken, type Members, type StolenSigner } from "../support/stolen-signer.ts";
import { claimCases } from "./token-claim-cases.ts";

/** Users and sessions that a thief of the signing key could name. */
export type TokenWorld = {
  /** Signs for a living session of Alice's. */
  readonly signer: StolenSigner;
  /** The same under the key that signed before. */
  readonly retiredSigner: StolenSigner;
  readonly goodToken: string;
  /** Another user, whose session lives. */
  readonly other: Members;
  readonly deleted: Members;
  readonly disabled: Members;
  /** A session of Alice's that she signed out of. */
  readonly endedSessionId: string;
  /** Where a key set is offered, which nobody may ask for. */
  readonly url: string;
  /** A trusted issuer of HS256 tokens. */
  readonly issuer: { readonly iss: string; readonly secret: string };
};

/** A name, and the token that must be refused. */
export type TokenCase = readonly [name: string, token: string];

type Signature = (input: Buffer) => Buffer;

const nobodysSignature: Signature = () => Buffer.alloc(64, 7);

/** All tokens that must be refused wherever they are shown. */
export function tokenCases(world: TokenWorld): readonly TokenCase[] {
  return [
    ...typeCases(world),
    ...algorithmCases(world),
    ...headerCases(world),
    ...claimCases(world),
    ...textCases(world),
    ...partCases(world),
  ];
}

/** Every member of header and claims, left out and of every other type, under our own signature. */
function typeCases({ signer }: TokenWorld): TokenCase[] {
  const wrong = (value: unknown): Readonly<Record<string, unknown>> => ({
    null: null,
    true: true,
    false: false,
    "-1": -1,
    "a fraction": 1.5,
    "an empty text": "",
    "a list of the right one": [value],
    "an object": { value },
    "the other of number and text": typeof value === "number" ? String(value) : 1,
  });
  const variants = (members: Members, sign: (members: Members) => string) =>
    Object.entries(members).flatMap(([name, value]) =>
      Object.entries(wrong(value)).map(([what, each]): TokenCase => [`${name} is ${what}`, sign({ [name]: each })]),
    );
  return [
    ...Object.keys(signer.header).map((name): TokenCase => [`no ${name}`, signer.withoutHeader(name)]),
    ...Object.keys(signer.claims).map((name): TokenCase => [`no ${name}`, signer.withoutClaim(name)]),
    ...variants(signer.header, signer.withHeader),
    ...variants(signer.claims, signer.withClaims),
  ];
}

function algorithmCases({ signer, retiredSigner }: TokenWorld): TokenCase[] {
  const { header, claims, publicKey } = signer;
  const spki = publicKey.export({ type: "spki", format: "pem" }).toString();
  const jwk = publicKey.export({ format: "jwk" });
  const publicForms: Readonly<Record<string, string | Buffer>> = {
    "PEM text": spki,
    "PEM text without its last line break": spki.trimEnd(),
    "DER bytes": publicKey.export({ type: "spki", format: "der" }),
    "raw bytes": Buffer.from(jwk.x ?? "", "base64url"),
    "base64url text": jwk.x ?? "",
    JWK: JSON.stringify(jwk),
    nothing: "",
  };
  const under = (alg: unknown, sign: Signature, more: Members = {}) =>
    signer.signParts({ ...header, alg, ...more }, claims, sign);
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const own = generateKeyPairSync("ed25519");
  const rsaSignature: Signature = (input) => signBytes("sha256", input, rsa.privateKey);
  const ecSignature: Signature = (input) => signBytes("sha256", input, { key: ec.privateKey, dsaEncoding: "ieee-p1363" });
  const ownSignature: Signature = (input) => signBytes(null, input, own.privateKey);
  const bring = (key: KeyObject) => ({ jwk: key.export({ format: "jwk" }) });
  return [
    ...["none", "None", "NONE", "nOnE", "none "].flatMap((alg): TokenCase[] => [
      [`alg ${alg}, no signature`, under(alg, () => Buffer.alloc(0))],
      [`alg ${alg}, our signature`, signer.withHeader({ alg })],
    ]),
    ...Object.entries(publicForms).map(
      ([form, secret]): TokenCase => [`HS256 keyed by ${form}`, hmacToken(signer, "HS256", secret)],
    ),
    ["HS384 keyed by PEM text", hmacToken(signer, "HS384", spki, "sha384")],
    ["HS512 keyed by PEM text", hmacToken(signer, "HS512", spki, "sha512")],
    ["EdDSA over an HMAC", hmacToken(signer, "EdDSA", spki)],
    ...["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES256K", "Ed25519", "Ed448", "eddsa", "EDDSA", "EdDSA "].map(
      (alg): TokenCase => [`alg ${alg} over our signature`, signer.withHeader({ alg })],
    ),
    ["RS256 of a key of its own", under("RS256", rsaSignature, bring(rsa.publicKey))],
    ["ES256 of a key of its own", under("ES256", ecSignature, bring(ec.publicKey))],
    ["EdDSA of a key of its own", under("EdDSA", ownSignature, bring(own.publicKey))],
    ["EdDSA of a key of its own, unsaid", under("EdDSA", ownSignature)],
    ["ES256 with a signature of zeros", under("ES256", () => Buffer.alloc(64))],
    ["EdDSA with a signature of zeros", under("EdDSA", () => Buffer.alloc(64))],
    ["EdDSA with anybody's signature", under("EdDSA", nobodysSignature)],
    ["our signature under the retired key's kid", signer.withHeader({ kid: retiredSigner.header.kid })],
    ["the retired key's signature under our kid", retiredSigner.withHeader({ kid: header.kid })],
  ];
}

function headerCases({ signer, url }: TokenWorld): TokenCase[] {
  const { header, claims } = signer;
  const kids = [
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "../../../dev/null",
    "/etc/hostname",
    "' OR 1=1 --",
    "x' UNION SELECT 'AA' --",
    url,
    `${header.kid} `,
    `${header.kid}\u0000`,
    String(header.kid).toUpperCase(),
    makeId("key"),
    claims.sub,
    "k".repeat(2_000),
  ];
  const more: Readonly<Record<string, Members>> = {
    jku: { jku: url },
    x5u: { x5u: url },
    jwk: { jwk: signer.publicKey.export({ format: "jwk" }) },
    x5c: { x5c: ["MIIB"] },
    x5t: { x5t: "AAAA" },
    "x5t#S256": { "x5t#S256": "AAAA" },
    crit: { crit: ["exp"] },
    "crit empty": { crit: [] },
    "b64 false": { b64: false, crit: ["b64"] },
    "b64 true": { b64: true, crit: ["b64"] },
    zip: { zip: "DEF" },
    cty: { cty: "JWT" },
    enc: { enc: "A256GCM" },
    nonce: { nonce: "n" },
    "a member of its own": { x: 1 },
  };
  const text = JSON.stringify(header);
  return [
    ...kids.map((kid): TokenCase => [`kid ${String(kid).slice(0, 40)}`, signer.withHeader({ kid })]),
    ...["JWT", "jwt", "at+JWT", "AT+JWT", "application/at+jwt", "dpop+jwt", "secevent+jwt", "at+jwt;", " at+jwt"].map(
      (typ): TokenCase => [`typ ${typ}`, signer.withHeader({ typ })],
    ),
    ...Object.entries(more).map(([name, members]): TokenCase => [`header with ${name}`, signer.withHeader(members)]),
    ["header with __proto__", signer.signParts(text.replace("{", '{"__proto__":{},'), claims)],
    ["header with alg twice, none first", signer.signParts(text.replace("{", '{"alg":"none",'), claims)],
    ["header with alg twice, none last", signer.signParts(text.replace("}", ',"alg":"none"}'), claims)],
    ["header with alg twice, once escaped", signer.signParts(text.replace("{", '{"\\u0061lg":"none",'), claims)],
    ["header with kid twice", signer.signParts(text.replace("{", '{"kid":"x",'), claims)],
    ["header with a comment", signer.signParts(`${text}//`, claims)],
    ["header with spaces", signer.signParts(JSON.stringify(header, null, 1), claims)],
    ["header with a byte order mark", signer.signParts(`\uFEFF${text}`, claims)],
    ["header a list", signer.signParts([header], claims)],
    ["header null", signer.signParts("null", claims)],
    ["header no JSON", signer.signParts("{alg:EdDSA}", claims)],
    ["header nested deeply", signer.signParts("[".repeat(1_500), claims)],
  ];
}

/** Other texts of a good token, most of which jose alone would take. */
function textCases({ goodToken: good, signer }: TokenWorld): TokenCase[] {
  const [head = "", body = "", signature = ""] = good.split(".");
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const spareBits = alphabet[alphabet.indexOf(signature.at(-1) ?? "") + 1];
  return [
    ["padded", `${good}==`],
    ["padded once", `${good}=`],
    ["padded inside", `${head}=.${body}.${signature}`],
    ["spare bits", `${good.slice(0, -1)}${spareBits}`],
    ["a space in the signature", `${head}.${body}.${signature.slice(0, 10)} ${signature.slice(10)}`],
    ["a tab in the signature", `${head}.${body}.${signature.slice(0, 10)}\t${signature.slice(10)}`],
    ["a space and a tab in front", ` \t${good}`],
    ["a tab in front", `\t${good}`],
    ["plain base64", `${head}.${body}.${Buffer.from(`${"~".repeat(64)}`).toString("base64")}`],
    ["percent-encoded", encodeURIComponent(`${good}=`)],
    ["in quotes", `"${good}"`],
    ["Latin-1 behind", `${good}\u00e9`],
    ["twice", `${good}, Bearer ${good}`],
    ["twice without a scheme", `${good},${good}`],
    ["parameters behind", `${good}; charset=utf-8`],
    ["over 4 KB", signer.withClaims({ jti: "j".repeat(4_000) })],
    ["over 4 KB of header", signer.withHeader({ kid: "k".repeat(4_000) })],
    ["in capitals", good.toUpperCase()],
    ["reversed", [...good].reverse().join("")],
  ];
}

function partCases({ goodToken: good, signer, other }: TokenWorld): TokenCase[] {
  const [head = "", body = "", signature = ""] = good.split(".");
  const jweHeader = encode({ alg: "dir", enc: "A256GCM", kid: signer.header.kid });
  return [
    ["one part", head],
    ["two parts", `${head}.${body}`],
    ["an empty signature", `${head}.${body}.`],
    ["an empty payload", `${head}..${signature}`],
    ["an empty header", `.${body}.${signature}`],
    ["four parts", `${good}.AAAA`],
    ["four parts, the last empty", `${good}.`],
    ["five parts", `${good}.a.b`],
    ["dots alone", ".."],
    ["a JWE", `${jweHeader}..${encode("iv")}.${encode("text")}.${encode("tag")}`],
    ["a JWE with a key", `${jweHeader}.${encode("key")}.${encode("iv")}.${encode("text")}.${encode("tag")}`],
    ["a JWE's header on ours", `${jweHeader}.${body}.${signature}`],
    ["a token in a token", signer.signParts({ ...signer.header, cty: "JWT" }, good)],
    ["a token as the payload's text", signer.signParts(signer.header, JSON.stringify(good))],
    ["the JSON serialisation", JSON.stringify({ protected: head, payload: body, signature })],
    ["signature cut", good.slice(0, -2)],
    ["signature grown", `${good}AA`],
    ["signature of another token", `${head}.${encode({ ...signer.claims, ...other })}.${signature}`],
    ["header of another token", `${encode({ ...signer.header, typ: "JWT" })}.${body}.${signature}`],
    ["a refresh token's prefix", `psr_${good}`],
    ["a service token's prefix", `pst_${good}`],
  ];
}
