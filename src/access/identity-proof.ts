import type { AuditEntry } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { PersonError } from "../errors.ts";
import type { LoginThrottle } from "./login-throttle.ts";
import type { Passwords } from "./password.ts";
import type { SecondFactorCheck } from "./second-factor-check.ts";
import type { UserRepository } from "./user.repository.ts";
import type { UserViewer } from "./viewer.ts";

/** What a user gives to prove once more that it is them. */
export type GivenProof = { readonly password: string; readonly code?: string | null | undefined };

/** What a proof is given for; one that fails is on record as the act's failure. */
export type ProvenAct = Pick<AuditEntry, "action" | "target">;

export type StoredPassword = {
  readonly hash: string;
  /** Null: the user chose it. */
  readonly madeAt: Date | null;
};

export type IdentityProof = {
  /**
   * What is stored of the viewer's password, when password and, for who has a second factor, code are theirs; else what is wrong. A guess
   * counts as one at sign-in. @throws {GatewayError} RATE_LIMITED
   */
  prove(user: UserViewer, given: GivenProof, act: ProvenAct): Promise<StoredPassword | { readonly fault: PersonError }>;
};

export type IdentityProofDeps = {
  readonly users: UserRepository;
  readonly passwords: Passwords;
  readonly throttle: LoginThrottle;
  readonly secondFactors: SecondFactorCheck;
  readonly audit: AuditLog;
};

const WRONG_PASSWORD: PersonError = { message: "The password is wrong.", field: "password", code: "WRONG_PASSWORD" };

/** What is wrong with an act of an account that has no password. */
export const NO_PASSWORD: PersonError = {
  message: "This account has no password: its user signs in elsewhere.",
  field: null,
  code: "NO_PASSWORD",
};

/** Full authentication once more, by all that a sign-in takes, for what changes how an account is proved. */
export function createIdentityProof({ users, passwords, throttle, secondFactors, audit }: IdentityProofDeps): IdentityProof {
  const check = async (user: UserViewer, { password, code }: GivenProof) => {
    const attempt = await throttle.begin(user.origin, user.username);
    const stored = await users.findProof(user.id);
    const hash = stored?.passwordHash ?? null;
    if (stored === null || hash === null) return { fault: NO_PASSWORD };
    if (!(await passwords.verify(hash, password)).isMatch) return { fault: WRONG_PASSWORD };
    const verdict = await secondFactors.check({ user: { ...stored, id: user.id }, code, attempt, actor: user });
    if ("fault" in verdict) return verdict;
    await attempt.succeed();
    return { hash, madeAt: stored.passwordMadeAt };
  };
  return {
    prove: async (user, given, act) => {
      const proof = await check(user, given);
      if ("fault" in proof) await audit.record({ ...act, actor: user, outcome: "FAILED" });
      return proof;
    },
  };
}
