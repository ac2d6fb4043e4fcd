/** What a stored password hash says of itself. `memoryKib`, `passes` and `lanes` are Argon2's m, t and p. */
export type PasswordHash =
  | { readonly scheme: "argon2id"; readonly memoryKib: number; readonly passes: number; readonly lanes: number }
  | { readonly scheme: "bcrypt"; readonly cost: number };

/** What a hash costs to make: Argon2's m, t and p. */
export type HashCost = Omit<Extract<PasswordHash, { readonly scheme: "argon2id" }>, "scheme">;

/** What new hashes are made with unless configured: 40 ms and 64 MiB each, three times what OWASP asks for at least. */
export const ARGON2_PARAMETERS = { memoryKib: 65_536, passes: 3, lanes: 1 } as const satisfies HashCost;

/** What OWASP asks for at least: no less can be configured. */
export const ARGON2_LEAST = { memoryKib: 19_456, passes: 2 } as const;

/** Above these a stored hash is not computed at all: an import could otherwise stall the process for hours. */
export const ARGON2_LIMITS = { memoryKib: 1_048_576, passes: 10, lanes: 16 } as const;

const ARGON2_SHAPE =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;
const BCRYPT_SHAPE = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/;

/**
 * The parameters of an Argon2id PHC string or a bcrypt hash of cost 4 to 14, or null for everything else. The library
 * would take `$2x$`, a broken variant, and any cost: so nothing is computed but what came through here.
 */
export function parsePasswordHash(text: string): PasswordHash | null {
  const argon2 = ARGON2_SHAPE.exec(text);
  if (argon2 !== null) {
    const [memoryKib, passes, lanes] = [Number(argon2[1]), Number(argon2[2]), Number(argon2[3])];
    const isBearable =
      memoryKib >= 8 * lanes && // Argon2's own lower bound
      memoryKib <= ARGON2_LIMITS.memoryKib &&
      passes <= ARGON2_LIMITS.passes &&
      lanes <= ARGON2_LIMITS.lanes;
    return isBearable ? { scheme: "argon2id", memoryKib, passes, lanes } : null;
  }
  const cost = Number(BCRYPT_SHAPE.exec(text)?.[1]);
  return cost >= 4 && cost <= 14 ? { scheme: "bcrypt", cost } : null;
}

/** Why a hash that `parsePasswordHash` does not take is refused, in words that repeat nothing of it. */
export function describeBadHash(text: string): string {
  if (text.startsWith("$2x$")) return "it is of the scheme $2x$, a broken variant of bcrypt";
  if (/^\$2[aby]\$/.test(text))
    return BCRYPT_SHAPE.test(text) ? "its bcrypt cost is not from 4 to 14" : "it is no whole bcrypt hash";
  if (ARGON2_SHAPE.test(text)) return "its Argon2 parameters are out of bounds (memory to 1 GiB, 10 passes, 16 lanes)";
  if (text.startsWith("$argon2id$")) return "it is no whole Argon2id hash of version 19";
  return "its scheme is neither bcrypt nor Argon2id";
}

/** True for a hash weaker than those made now, at `cost`: its password is hashed anew at the next sign-in. */
export function isWeakHash(hash: PasswordHash, cost: HashCost): boolean {
  if (hash.scheme === "bcrypt") return true;
  return hash.memoryKib < cost.memoryKib || hash.passes < cost.passes;
}
