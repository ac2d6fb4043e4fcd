import type { AuditActor } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Database } from "../database/database.ts";
import type { SecondFactorModel } from "../database/generated/sqlite/models.ts";
import type { PersonError } from "../errors.ts";
import type { Clock } from "../identifiers.ts";
import type { Envelope } from "../keys/envelope.ts";
import type { LoginAttempt } from "./login-throttle.ts";
import { hashRecoveryCode } from "./recovery-code.ts";
import type { SecondFactorRepository } from "./second-factor.repository.ts";
import { secondFactorSealContext } from "./second-factor.sealing.ts";
import { findTotpStep } from "./totp.ts";
import type { UserRecord } from "./user.repository.ts";

/** By what a user proved that it is them, beside the password; null for who has no second factor. */
export type SecondFactorMethod = "TOTP" | "RECOVERY_CODE" | null;

export type SecondFactorVerdict = { readonly method: SecondFactorMethod } | { readonly fault: PersonError };

/** A user whose password was right, and what they gave beside it. */
export type SecondFactorClaim = {
  readonly user: Pick<UserRecord, "id" | "secondFactorSince">;
  readonly code: string | null | undefined;
  readonly attempt: LoginAttempt;
  readonly actor: AuditActor;
};

export type SecondFactorCheck = {
  /** Uses the code up where the user needs one. A wrong one counts as a wrong password does. @throws {GatewayError} RATE_LIMITED */
  check(claim: SecondFactorClaim): Promise<SecondFactorVerdict>;
};

export type SecondFactorCheckDeps = {
  readonly database: Database;
  readonly factors: SecondFactorRepository;
  readonly envelope: Envelope;
  readonly audit: AuditLog;
  readonly clock: Clock;
};

/** What is wrong with a right password alone. */
export const CODE_NEEDED: PersonError = {
  message: "Enter the code of your authenticator app, or a recovery code.",
  field: "code",
  code: "SECOND_FACTOR_REQUIRED",
};

/** What is wrong with a code; whether it was good once is not told. */
export const WRONG_CODE: PersonError = {
  message: "The code is wrong, or was used before. Codes change every 30 seconds.",
  field: "code",
  code: "WRONG_CODE",
};

/** Where every code is checked, whatever it is given for. */
export function createSecondFactorCheck(deps: SecondFactorCheckDeps): SecondFactorCheck {
  return {
    check: async ({ user, code, attempt, actor }) => {
      if (user.secondFactorSince === null) return { method: null };
      const typed = code?.trim() ?? "";
      if (typed === "") {
        await attempt.awaitCode();
        return { fault: CODE_NEEDED };
      }
      await attempt.beginCode();
      const isTaken = (await takeTotp(deps, user.id, typed)) ? "TOTP" : await takeRecoveryCode(deps, user.id, typed, actor);
      return isTaken === null ? { fault: WRONG_CODE } : { method: isTaken };
    },
  };
}

async function takeTotp(deps: SecondFactorCheckDeps, userId: string, typed: string) {
  const { database, factors } = deps;
  const factor = await factors.findByUser(userId);
  // A recovery code must be of use when the secret cannot be opened.
  if (factor === null || factor.confirmedAt === null || hashRecoveryCode(typed) !== null) return false;
  const step = await findStep(deps, factor, typed);
  return step !== null && factors.takeStep(database.client, factor.id, step);
}

/** The time step whose code was typed, and was not used yet; null when it is none. */
export async function findStep(
  { envelope, clock }: Pick<SecondFactorCheckDeps, "envelope" | "clock">,
  factor: SecondFactorModel,
  typed: string,
): Promise<number | null> {
  const secret = await envelope.open(secondFactorSealContext(factor), factor);
  const step = findTotpStep(secret, typed.replaceAll(/\s/g, ""), clock.now(), factor.lastStep);
  secret.fill(0);
  return step;
}

async function takeRecoveryCode(
  { database, factors, audit }: SecondFactorCheckDeps,
  userId: string,
  typed: string,
  actor: AuditActor,
): Promise<"RECOVERY_CODE" | null> {
  const codeHash = hashRecoveryCode(typed);
  if (codeHash === null) return null;
  return database.transaction(async (transaction) => {
    if (!(await factors.takeRecoveryCode(transaction, userId, codeHash))) return null;
    const target = { type: "User", id: userId };
    await audit.append(transaction, { actor, action: "RECOVERY_CODE_USED", target, ownerId: userId });
    return "RECOVERY_CODE";
  });
}
