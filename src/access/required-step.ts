import type { Config } from "../config.ts";
import { type Permission, ROLE_PERMISSIONS, SETTLING_PERMISSIONS } from "./permission.ts";
import type { UserRecord } from "./user.repository.ts";

/** What a user has to do to their account before they may do anything else. */
export const RequiredStep = { SET_UP_SECOND_FACTOR: "SET_UP_SECOND_FACTOR" } as const;
export type RequiredStep = (typeof RequiredStep)[keyof typeof RequiredStep];

export type RequiredSteps = {
  /** Whether a user has to have a second factor. */
  needsSecondFactor(user: Pick<UserRecord, "role">): boolean;
  /** What a user who signed in by password has to do first; null for nothing. */
  find(user: UserRecord): RequiredStep | null;
};

/** The steps that the configuration asks for. */
export function createRequiredSteps({ SECOND_FACTOR_REQUIRED: required }: Pick<Config, "SECOND_FACTOR_REQUIRED">): RequiredSteps {
  const needsSecondFactor: RequiredSteps["needsSecondFactor"] = ({ role }) =>
    required === "everybody" || (required === "administrators" && role === "ADMIN");
  return {
    needsSecondFactor,
    find: (user) => (user.secondFactorSince === null && needsSecondFactor(user) ? RequiredStep.SET_UP_SECOND_FACTOR : null),
  };
}

/** What a user may do: while a step is due, nothing that does not lead to it. */
export function permissionsOfUser(role: UserRecord["role"], step: RequiredStep | null): ReadonlySet<Permission> {
  return step === null ? ROLE_PERMISSIONS[role] : SETTLING_PERMISSIONS;
}
