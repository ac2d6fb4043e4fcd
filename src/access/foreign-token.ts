import { z } from "zod";
import type { TrustedIssuer } from "./issuer-entry.ts";
import { parseForeignToken } from "./token-shape.ts";

const CLOCK_SKEW_SECONDS = 5;
const MAX_NAME = 255;

/** Members that bring a key or point to one (`jwk`, `jku`, `x5u`, `x5c`) or change how it is read (`crit`, `zip`, `b64`) are not among these. */
const headerSchema = z.strictObject({
  alg: z.string(),
  typ: z
    .string()
    .regex(/^(application\/)?(at\+)?jwt$/i)
    .optional(),
  kid: z.string().min(1).max(MAX_NAME).optional(),
  x5t: z.string().optional(),
  "x5t#S256": z.string().optional(),
});

const claimsSchema = z.looseObject({
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  exp: z.int().nonnegative().optional(),
  iat: z.int().nonnegative().optional(),
  nbf: z.int().nonnegative().optional(),
});

/** A token of another system, taken apart and not yet verified. */
export type ForeignToken = {
  readonly text: string;
  readonly alg: string;
  readonly kid: string | null;
  readonly claims: z.output<typeof claimsSchema>;
};

/** The parts of a token that could be a trusted issuer's, or null: wrong shape or forbidden header. */
export function readForeignToken(text: string): ForeignToken | null {
  const parts = parseForeignToken(text);
  const header = headerSchema.safeParse(parts?.header);
  const claims = claimsSchema.safeParse(parts?.payload);
  if (!header.success || !claims.success) return null;
  return { text, alg: header.data.alg, kid: header.data.kid ?? null, claims: claims.data };
}

/** True when a token can be of an issuer, by everything but its signature. */
export function couldBeOf({ alg, claims }: ForeignToken, trusted: TrustedIssuer, now: Date): boolean {
  const { algorithms, issuer, audience, requiresExpiry } = trusted;
  const { iss = null, aud = [], exp, iat = 0, nbf = 0 } = claims;
  const latest = Math.floor(now.getTime() / 1_000) + CLOCK_SKEW_SECONDS;
  const isUnexpired = exp === undefined ? !requiresExpiry : exp * 1_000 > now.getTime() && exp > iat;
  const isTimely = isUnexpired && iat <= latest && nbf <= latest;
  const isForUs = audience === null || (Array.isArray(aud) ? aud : [aud]).includes(audience);
  return algorithms.includes(alg) && iss === issuer && isForUs && isTimely;
}

/** The subject: the first of the claims that is there, a whole number or text that can be told apart; null otherwise. */
export function subjectOf({ claims }: ForeignToken, { userClaims }: TrustedIssuer): string | null {
  const claim = userClaims.map((name) => ownClaim(claims, name)).find((value) => value !== undefined);
  const subject = Number.isSafeInteger(claim) ? String(claim) : claim;
  const isUsable =
    typeof subject === "string" && subject.length <= MAX_NAME && /^\P{C}+$/u.test(subject) && subject.trim() !== "";
  return isUsable ? subject : null;
}

/** The first of the claims that is text; null when none is. */
export function findText({ claims }: ForeignToken, names: readonly string[]): string | null {
  const found = names.map((name) => ownClaim(claims, name)).find((value) => typeof value === "string" && value.trim() !== "");
  return typeof found === "string" ? found : null;
}

function ownClaim(claims: ForeignToken["claims"], name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}
