import { readFileSync } from "node:fs";
import { z } from "zod";
import { isPlaceholder } from "../placeholder.ts";

/** Shorter secrets can be guessed offline from one token (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32;

const SECRET_ALGORITHMS = ["HS256", "HS384", "HS512"] as const;
const KEY_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"] as const;

const text = z.string().min(1).max(255);

const shape = z
  .strictObject({
    name: text.optional(),
    issuer: text.nullish(),
    secret: z.string().optional(),
    secretFile: z.string().min(1).optional(),
    jwksUrl: z.url({ protocol: /^https?$/ }).optional(),
    audience: text.optional(),
    userClaim: text.optional(),
    usernameClaim: text.optional(),
    emailClaim: text.default("email"),
    createUsers: z.boolean().default(true),
    requireExpiry: z.boolean().default(true),
    role: z.enum(["USER", "ADMIN"]).default("USER"),
    algorithms: z
      .array(z.enum([...SECRET_ALGORITHMS, ...KEY_ALGORITHMS]))
      .min(1)
      .optional(),
  })
  .superRefine(({ secret, secretFile, jwksUrl, name, issuer, algorithms }, context) => {
    const refuse = (message: string) => context.addIssue({ code: "custom", message });
    if ([secret, secretFile, jwksUrl].filter((each) => each !== undefined).length !== 1) {
      refuse("an entry has one of secret, secretFile and jwksUrl");
    }
    if (issuer == null && (name === undefined || jwksUrl !== undefined)) {
      refuse("an entry without issuer has a name and a secret");
    }
    // A public key taken for a secret is the oldest forgery there is: a kind of key has its kind of algorithm.
    const fitting: readonly string[] = jwksUrl === undefined ? SECRET_ALGORITHMS : KEY_ALGORITHMS;
    if (!(algorithms ?? []).every((each) => fitting.includes(each))) refuse(`algorithms may be ${fitting.join(", ")}`);
  });

/** One system whose tokens are believed. */
export type TrustedIssuer = {
  /** What its subjects are stored under. */
  readonly key: string;
  /** What `iss` must be; null: its tokens have none. */
  readonly issuer: string | null;
  readonly proof: { readonly secret: Uint8Array } | { readonly jwksUrl: string };
  readonly algorithms: readonly string[];
  readonly audience: string | null;
  /** Claims that can name the user, in order. */
  readonly userClaims: readonly string[];
  readonly usernameClaims: readonly string[];
  readonly emailClaim: string;
  readonly createUsers: boolean;
  /** False: its tokens may go without `exp`, as some chat front ends make them; such a token is good until the secret changes. */
  readonly requiresExpiry: boolean;
  readonly role: "USER" | "ADMIN";
};

function toTrustedIssuer(entry: z.output<typeof shape>): TrustedIssuer {
  const { name, issuer = null, jwksUrl, secretFile, userClaim, usernameClaim, algorithms } = entry;
  const secret = secretFile === undefined ? (entry.secret ?? "") : readFileSync(secretFile, "utf8").trim();
  const isByKeys = jwksUrl !== undefined;
  if (!isByKeys && Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new RangeError(`a secret has at least ${MIN_SECRET_BYTES} bytes`);
  }
  if (!isByKeys && isPlaceholder(secret)) throw new RangeError("the secret is a placeholder");
  return {
    key: name ?? issuer ?? "",
    issuer,
    proof: isByKeys ? { jwksUrl } : { secret: Buffer.from(secret) },
    algorithms: algorithms ?? (isByKeys ? ["RS256", "ES256", "EdDSA"] : ["HS256"]),
    audience: entry.audience ?? null,
    // Chat front ends write their user's id into `id`, and have no `sub`.
    userClaims: userClaim !== undefined ? [userClaim] : isByKeys ? ["sub"] : ["id", "sub"],
    usernameClaims: usernameClaim !== undefined ? [usernameClaim] : ["preferred_username", "username"],
    emailClaim: entry.emailClaim,
    createUsers: entry.createUsers,
    requiresExpiry: entry.requireExpiry,
    role: entry.role,
  };
}

function findClash(issuers: readonly TrustedIssuer[]): string | null {
  const secrets = issuers.flatMap(({ issuer, proof }) =>
    issuer === null && "secret" in proof ? [Buffer.from(proof.secret).toString("hex")] : [],
  );
  if (new Set(issuers.map(({ key }) => key)).size < issuers.length) return "two entries have one name, or one issuer and no name";
  return new Set(secrets).size < secrets.length ? "two entries without issuer have one secret" : null;
}

/** `TRUSTED_ISSUERS`: a JSON list of entries. Problems name the entry by its place; secrets are never repeated. */
export const trustedIssuersSchema = z.string().transform((json, context): readonly TrustedIssuer[] => {
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  const list = parseList(json);
  if (list === null) return refuse("must be a JSON list of objects");
  const issuers: TrustedIssuer[] = [];
  for (const [index, value] of list.entries()) {
    const entry = shape.safeParse(value);
    if (!entry.success) {
      return refuse(`entry ${index}: ${entry.error.issues.map((issue) => [...issue.path, issue.message].join(" ")).join("; ")}`);
    }
    try {
      issuers.push(toTrustedIssuer(entry.data));
    } catch (error) {
      return refuse(`entry ${index}: ${error instanceof RangeError ? error.message : "secretFile cannot be read"}`);
    }
  }
  const clash = findClash(issuers);
  return clash === null ? issuers : refuse(clash);
});

function parseList(json: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
