import { importJWK } from "jose";
import { z } from "zod";
import { GatewayError } from "../errors.ts";
import type { Clock } from "../identifiers.ts";

/** A key set is read anew when it is this old, in milliseconds: a key that the issuer took away ends with it. */
const MAX_AGE_MS = 600_000;
/** An unknown key id, or an issuer that does not answer, makes us ask again no sooner than this. */
const COOL_DOWN_MS = 30_000;
/** How long the keys are still believed when the issuer does not answer, in milliseconds. */
const MAX_STALE_MS = 3_600_000;
const MAX_KEYS = 100;

const keySetSchema = z.object({ keys: z.array(z.looseObject({})).max(MAX_KEYS) });
const keySchema = z.looseObject({
  kid: z.string().min(1),
  // Never `oct`: a public document holds no secret.
  kty: z.enum(["RSA", "EC", "OKP"]),
  use: z.literal("sig").optional(),
  alg: z.string().optional(),
});

type PublicKey = Exclude<Awaited<ReturnType<typeof importJWK>>, Uint8Array>;
type Jwk = z.output<typeof keySchema>;
type KeySet = { readonly readAt: number; readonly byKid: ReadonlyMap<string, Jwk> };

/** Reads the JSON at an issuer's key set URL, through the guarded client. */
export type FetchKeySet = (url: string) => Promise<unknown>;

export type IssuerKeys = {
  /**
   * The issuer's public key with an id, for an algorithm; null when it has none.
   * @throws {GatewayError} UNAVAILABLE when the key set was never read and cannot be
   */
  find(kid: string, alg: string): Promise<PublicKey | null>;
};

/** The public keys of one issuer. However many tokens come, its key set is asked for at most every half minute. */
export function createIssuerKeys(url: string, fetchKeySet: FetchKeySet, clock: Clock): IssuerKeys {
  const now = () => clock.now().getTime();
  let current: KeySet | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  const ask = async () => {
    askedAt = now();
    try {
      current = { readAt: now(), byKid: parseKeySet(await fetchKeySet(url)) };
    } catch (cause) {
      if (current !== null && now() - current.readAt < MAX_STALE_MS) return;
      throw new GatewayError("UNAVAILABLE", "The keys of the token's issuer cannot be read just now. Try again.", {
        cause,
        reason: "issuer-keys",
      });
    }
  };
  const refresh = async () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    await asking;
  };
  const mayAsk = () => asking !== null || now() - askedAt >= COOL_DOWN_MS;
  const isFresh = () => current !== null && now() - current.readAt < MAX_AGE_MS;

  return {
    find: async (kid, alg) => {
      if ((!isFresh() || current?.byKid.has(kid) !== true) && mayAsk()) await refresh();
      if (current === null || now() - current.readAt >= MAX_STALE_MS) {
        throw new GatewayError("UNAVAILABLE", "The keys of the token's issuer cannot be read just now. Try again.", {
          reason: "issuer-keys",
        });
      }
      const jwk = current.byKid.get(kid);
      return jwk === undefined || (jwk.alg ?? alg) !== alg ? null : importPublicKey(jwk, alg);
    },
  };
}

/** The usable keys of a key set; others in it are another program's affair. */
function parseKeySet(value: unknown): ReadonlyMap<string, Jwk> {
  const keys = keySetSchema.parse(value).keys.map((key) => keySchema.safeParse(key));
  return new Map(keys.flatMap(({ data }) => (data === undefined ? [] : [[data.kid, data]])));
}

/** The key, without private members if the issuer published them; null for one that does not fit the algorithm. */
async function importPublicKey({ kty, crv, x, y, n, e }: Jwk, alg: string): Promise<PublicKey | null> {
  try {
    const key = await importJWK({ kty, ...Object.fromEntries(Object.entries({ crv, x, y, n, e }).filter(isText)) }, alg);
    return key instanceof Uint8Array ? null : key;
  } catch {
    return null;
  }
}

function isText([, value]: [string, unknown]): boolean {
  return typeof value === "string";
}
