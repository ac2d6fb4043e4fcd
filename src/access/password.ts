import { randomBytes } from "node:crypto";
import { hash as argon2Hash, verify as argon2Verify } from "@node-rs/argon2";
import { verify as bcryptVerify } from "@node-rs/bcrypt";
import { GatewayError } from "../errors.ts";
import { Turns } from "../turns.ts";
import { ARGON2_PARAMETERS, type HashCost, isWeakHash, type PasswordHash, parsePasswordHash } from "./password-hash.ts";
import { isHashableLength } from "./password-policy.ts";

/** Each hash holds its memory and a thread while it runs: two at once keep memory and the event loop's peers free. */
const QUEUE_LIMITS = { atOnce: 2, waiting: 200 };

const BCRYPT_MOST_BYTES = 72;

export type Passwords = {
  /** A PHC string of Argon2id. @throws {GatewayError} RATE_LIMITED when too many hashes wait. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password belongs to the stored hash, and a stronger hash to store instead when that one is weak.
   * Without a stored hash it does the same work and says no. @throws {GatewayError} RATE_LIMITED
   */
  verify(stored: string | null, password: string): Promise<{ readonly isMatch: boolean; readonly rehashed: string | null }>;
  /** How many hashes wait for their turn. */
  waiting(): number;
};

/** Password hashing off the event loop at `cost`, behind one bounded queue per process. */
export function createPasswords(cost: HashCost = ARGON2_PARAMETERS, limits = QUEUE_LIMITS): Passwords {
  const turns = new Turns({ atOnce: limits.atOnce, line: { most: limits.waiting, tooMany } });
  const hash = (password: string) => turns.run(() => hashPassword(password, cost));
  // Stands in for the hash of an unknown user, so that the answer takes as long as for a known one.
  const dummy = hashPassword(randomBytes(16).toString("hex"), cost);
  dummy.catch(() => {}); // whoever awaits it below sees the failure

  const verify = async (stored: string | null, password: string) => {
    if (!isHashableLength(password)) return { isMatch: false, rehashed: null };
    const parsed = stored === null ? null : parsePasswordHash(stored);
    if (stored === null || parsed === null) {
      const dummyHash = await dummy;
      await turns.run(() => argon2Verify(dummyHash, password));
      return { isMatch: false, rehashed: null };
    }
    const isMatch = await turns.run(() => verifyParsed(parsed, stored, password));
    return { isMatch, rehashed: isMatch && isWeakHash(parsed, cost) ? await hash(password) : null };
  };
  return { hash, verify, waiting: () => turns.waiting() };
}

function tooMany(): GatewayError {
  return new GatewayError("RATE_LIMITED", "Too many sign-ins at once. Try again.", {
    retryAfterSeconds: 5,
    reason: "work-queue",
  });
}

function hashPassword(password: string, { memoryKib, passes, lanes }: HashCost): Promise<string> {
  return argon2Hash(password, { memoryCost: memoryKib, timeCost: passes, parallelism: lanes, outputLen: 32 });
}

async function verifyParsed(parsed: PasswordHash, stored: string, password: string): Promise<boolean> {
  if (parsed.scheme === "argon2id") return argon2Verify(stored, password);
  const isMatch = await bcryptVerify(password, stored);
  // What stands behind them bcrypt does not look at: a slip there would be taken, and kept as the password.
  return isMatch && Buffer.byteLength(password) <= BCRYPT_MOST_BYTES;
}
