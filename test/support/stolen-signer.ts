import { createHmac, createPrivateKey, createPublicKey, sign as signBytes } from "node:crypto";
import { expect } from "vitest";
import { sealContextOf } from "../../src/access/signing-key.service.ts";
import { type AccessHarness, anonymous, ISSUER, registerUser, startAccess, viewerOf } from "./access.ts";

/** Members of a header or of claims. */
export type Members = Readonly<Record<string, unknown>>;

/** A part of a compact JWS: bytes and text as they stand, the rest as JSON. */
export function encode(value: unknown): string {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  return bytes.toString("base64url");
}

/** Whose token is forged, for which gateway, from when on (in seconds). */
export type Victim = { readonly userId: string; readonly sessionId: string; readonly issuer: string; readonly now: number };

export type StolenSigner = Awaited<ReturnType<typeof stealSigner>>;

/** What a thief of the signing key could do: it signs any header and claims, as members or as text. */
export async function stealSigner(
  { database, envelope }: Pick<AccessHarness, "database" | "envelope">,
  { userId, sessionId, issuer, now }: Victim,
) {
  const row = await database.client.signingKey.findFirstOrThrow({ where: { slot: "signing" } });
  const der = await envelope.open(sealContextOf(row), row);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const header: Members = { alg: "EdDSA", typ: "at+jwt", kid: row.id };
  const claims: Members = { iss: issuer, aud: "postern", sub: userId, sid: sessionId, jti: "j", iat: now, exp: now + 900 };
  const signParts = (head: unknown, body: unknown, signature = (input: Buffer): Buffer => signBytes(null, input, key)) => {
    const input = `${encode(head)}.${encode(body)}`;
    return `${input}.${signature(Buffer.from(input)).toString("base64url")}`;
  };
  const without = (members: Members, name: string) =>
    Object.fromEntries(Object.entries(members).filter(([each]) => each !== name));
  return {
    now,
    header,
    claims,
    publicKey: createPublicKey(key),
    signParts,
    withHeader: (members: Members) => signParts({ ...header, ...members }, claims),
    withClaims: (members: Members) => signParts(header, { ...claims, ...members }),
    withoutHeader: (name: string) => signParts(without(header, name), claims),
    withoutClaim: (name: string) => signParts(header, without(claims, name)),
  };
}

/** The room with a signed-in user and their thief. */
export async function startWithSigner() {
  const harness = await startAccess();
  const tokens = await registerUser(harness.node);
  const { id: userId, sessionId } = await viewerOf(harness.node, tokens.accessToken);
  if (sessionId === null) throw new Error("no session");
  const now = Math.floor(harness.clock.now().getTime() / 1_000);
  const signer = await stealSigner(harness, { userId, sessionId, issuer: ISSUER, now });
  return { ...harness, tokens, signer };
}

/** Every named token is refused as UNAUTHENTICATED. */
export async function expectAllRefused({ node }: AccessHarness, tokens: Readonly<Record<string, string>>): Promise<void> {
  const verdicts = await Promise.all(
    Object.entries(tokens).map(async ([name, token]) => {
      const verdict = node.authentication.authenticate(`Bearer ${token}`, anonymous().origin);
      return [
        name,
        await verdict.then(
          (viewer) => viewer.type,
          (error) => error.code,
        ),
      ];
    }),
  );
  expect(verdicts).toEqual(Object.keys(tokens).map((name) => [name, "UNAUTHENTICATED"]));
}

/** A token under a MAC with a text or bytes as its key. */
export function hmacToken(
  { header, claims }: { header: Members; claims: Members },
  alg: string,
  secret: string | Buffer,
  digest = "sha256",
): string {
  const input = `${encode({ ...header, alg })}.${encode(claims)}`;
  return `${input}.${createHmac(digest, secret).update(input).digest("base64url")}`;
}
