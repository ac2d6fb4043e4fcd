import { hash, randomUUID } from "node:crypto";
import { compactVerify, SignJWT } from "jose";
import { z } from "zod";
import { createEntryCache } from "../entry-cache.ts";
import { type Clock, idPrefixOf } from "../identifiers.ts";
import { ACCESS_TOKEN_SECONDS, SIGNING_ALGORITHM, type SigningKeyService } from "./signing-key.service.ts";
import { parseCompactToken } from "./token-shape.ts";

/** Who Postern's access tokens are for: Postern itself, and nobody who shares its issuer. */
const AUDIENCE = "postern";

const TOKEN_TYPE = "at+jwt"; // RFC 9068
const CLOCK_SKEW_SECONDS = 5;
const VERIFIED_TOKENS = 50_000;

const headerSchema = z.strictObject({
  alg: z.literal(SIGNING_ALGORITHM),
  typ: z.literal(TOKEN_TYPE),
  kid: z.string().refine((kid) => idPrefixOf(kid) === "key"),
});

const claimsSchema = z.strictObject({
  iss: z.string(),
  aud: z.literal(AUDIENCE),
  sub: z.string().refine((sub) => idPrefixOf(sub) === "user"),
  sid: z.string().refine((sid) => idPrefixOf(sid) === "session"),
  jti: z.string().min(1).max(64),
  iat: z.int().nonnegative(),
  exp: z.int().nonnegative(),
});

/** What a verified token says: whose session it belongs to. Whether that session lives is not in it. */
export type AccessTokenClaims = { readonly userId: string; readonly sessionId: string };

type Verified = AccessTokenClaims & { readonly kid: string; readonly times: Pick<z.infer<typeof claimsSchema>, "iat" | "exp"> };

export type AccessTokensDeps = {
  readonly signingKeys: Pick<SigningKeyService, "findSigner" | "findPublicKey">;
  readonly issuer: string;
  readonly clock: Clock;
};

export type AccessTokens = {
  /** A token of 15 minutes for a session. */
  sign(claims: AccessTokenClaims): Promise<{ readonly accessToken: string; readonly expiresAt: Date }>;
  /** What a token of ours says, or null: expired, forged, malformed and foreign ones look alike. */
  verify(token: string): Promise<AccessTokenClaims | null>;
};

/** Signs and strictly verifies Postern's own access tokens (RFC 9068, EdDSA). */
export function createAccessTokens({ signingKeys, issuer, clock }: AccessTokensDeps): AccessTokens {
  const verified = createEntryCache<string, Verified>(VERIFIED_TOKENS);
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1_000);

  const sign = async ({ userId, sessionId }: AccessTokenClaims) => {
    const { kid, privateKey } = await signingKeys.findSigner();
    const iat = nowSeconds();
    const exp = iat + ACCESS_TOKEN_SECONDS;
    const claims = { iss: issuer, aud: AUDIENCE, sub: userId, sid: sessionId, jti: randomUUID(), iat, exp };
    const jwt = new SignJWT(claims).setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: TOKEN_TYPE, kid });
    return { accessToken: await jwt.sign(privateKey), expiresAt: new Date(exp * 1_000) };
  };

  const verifyAnew = async (token: string): Promise<Verified | null> => {
    const parts = parseCompactToken(token);
    const header = headerSchema.safeParse(parts?.header);
    const claims = claimsSchema.safeParse(parts?.payload);
    if (!header.success || !claims.success || !isTimely(claims.data, nowSeconds()) || claims.data.iss !== issuer) return null;
    const key = await signingKeys.findPublicKey(header.data.kid);
    if (key === null) return null;
    const isSigned = await compactVerify(token, key, { algorithms: [SIGNING_ALGORITHM] }).then(
      () => true,
      () => false,
    );
    const { sub, sid, iat, exp } = claims.data;
    return isSigned ? { userId: sub, sessionId: sid, kid: header.data.kid, times: { iat, exp } } : null;
  };

  /** A cached token still ends when it expires, when its key is taken away, and when the clock goes back behind it. */
  const isStillGood = async ({ kid, times }: Verified): Promise<boolean> =>
    isTimely(times, nowSeconds()) && (await signingKeys.findPublicKey(kid)) !== null;

  const verify = async (token: string) => {
    const digest = hash("sha256", token, "base64");
    const known = verified.get(digest);
    if (known !== undefined) {
      if (await isStillGood(known)) return known;
      verified.delete(digest);
      return null;
    }
    const found = await verifyAnew(token);
    if (found !== null) verified.set(digest, found);
    return found;
  };
  return { sign, verify };
}

function isTimely({ iat, exp }: Verified["times"], now: number): boolean {
  return exp > now && iat <= now + CLOCK_SKEW_SECONDS && exp > iat && exp - iat <= ACCESS_TOKEN_SECONDS;
}
