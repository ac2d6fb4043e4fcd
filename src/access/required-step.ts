import type { Config } from "../config.ts";
import type { SessionKind } from "../database/generated/sqlite/enums.ts";
import { HOUR_MS } from "../durations.ts";
import type { Clock } from "../identifiers.ts";
import { type Permission, ROLE_PERMISSIONS, SETTLING_PERMISSIONS } from "./permission.ts";
import type { UserRecord } from "./user.repository.ts";

/** What a user has to do to their account before they may do anything else. */
export const RequiredStep = { CHANGE_PASSWORD: "CHANGE_PASSWORD", SET_UP_SECOND_FACTOR: "SET_UP_SECOND_FACTOR" } as const;
export type RequiredStep = (typeof RequiredStep)[keyof typeof RequiredStep];

export type RequiredSteps = {
  /** Whether a user has to have a second factor. */
  needsSecondFactor(user: Pick<UserRecord, "role">): boolean;
  /** What a user who signed in by password has to do first; null for nothing. */
  find(user: UserRecord, kind: SessionKind): RequiredStep | null;
};

export type RequiredStepsConfig = Pick<Config, "SECOND_FACTOR_REQUIRED" | "INITIAL_PASSWORD_HOURS">;

/** The steps that the configuration asks for. */
export function createRequiredSteps(config: RequiredStepsConfig, clock: Clock): RequiredSteps {
  const { SECOND_FACTOR_REQUIRED: required, INITIAL_PASSWORD_HOURS: hours } = config;
  const needsSecondFactor: RequiredSteps["needsSecondFactor"] = ({ role }) =>
    required === "everybody" || (required === "administrators" && role === "ADMIN");
  // A person can be asked at once; a program that was just given its password works on for a while.
  const isPasswordDue = (madeAt: Date, kind: SessionKind) =>
    kind === "COOKIE" || madeAt.getTime() + hours * HOUR_MS <= clock.now().getTime();
  return {
    needsSecondFactor,
    find: (user, kind) => {
      if (user.passwordMadeAt !== null && isPasswordDue(user.passwordMadeAt, kind)) return RequiredStep.CHANGE_PASSWORD;
      return user.secondFactorSince === null && needsSecondFactor(user) ? RequiredStep.SET_UP_SECOND_FACTOR : null;
    },
  };
}

/** What a user may do: while a step is due, nothing that does not lead to it. */
export function permissionsOfUser(role: UserRecord["role"], step: RequiredStep | null): ReadonlySet<Permission> {
  return step === null ? ROLE_PERMISSIONS[role] : SETTLING_PERMISSIONS;
}
