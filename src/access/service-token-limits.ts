import { z } from "zod";
import { DAY_MS } from "../durations.ts";
import type { PersonError } from "../errors.ts";
import { SERVICE_TOKEN_PERMISSIONS } from "./permission.ts";
import { parseUsername } from "./username.ts";

const MAX_NAME_LENGTH = 100;
const MAX_NAMES = 100;
const CONTROL = /\p{Cc}/u;

export type NewToken = {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly connectors?: readonly string[] | null | undefined;
  readonly projects?: readonly string[] | null | undefined;
  readonly users?: readonly string[] | null | undefined;
  readonly expiresAt?: Date | null | undefined;
};

/** How long tokens live, in days: when nobody says otherwise, and at most (0: however long). */
export type TokenLife = { readonly SERVICE_TOKEN_DAYS: number; readonly SERVICE_TOKEN_MAX_DAYS: number };

/** What a new token may do and until when, each name once. */
export type TokenGrant = Readonly<Record<"permissions" | "connectors" | "projects" | "usernames", readonly string[]>> & {
  readonly name: string;
  readonly expiresAt: Date;
};

/** The names in a column of a token's row. */
export function parseNames(json: string): readonly string[] {
  return z.array(z.string()).parse(JSON.parse(json));
}

/** The grant that is asked for, or all that is wrong with it. */
export function parseGrant(
  input: NewToken,
  { connectorIds, life, now }: { readonly connectorIds: readonly string[]; readonly life: TokenLife; readonly now: Date },
): TokenGrant | readonly PersonError[] {
  const permissions = distinct(input.permissions);
  const connectors = distinct(input.connectors);
  const projects = distinct(input.projects);
  const users = distinct(input.users);
  const usernames = users.map((user) => parseUsername(user)?.canonicalName ?? "");
  const name = input.name.trim();
  const daysFromNow = (days: number) => new Date(now.getTime() + days * DAY_MS);
  const mostDays = life.SERVICE_TOKEN_MAX_DAYS || Number.POSITIVE_INFINITY;
  const expiresAt = input.expiresAt ?? daysFromNow(Math.min(life.SERVICE_TOKEN_DAYS, mostDays));
  const grantable: readonly string[] = SERVICE_TOKEN_PERMISSIONS;

  const faults: PersonError[] = [];
  const check = (isRight: boolean, field: string, code: string, message: string) => {
    if (!isRight) faults.push({ message, field, code });
  };
  check(name !== "" && isName(name), "name", "INVALID_NAME", `A name has 1 to ${MAX_NAME_LENGTH} characters.`);
  check(
    permissions.length > 0 && permissions.every((each) => grantable.includes(each)),
    "permissions",
    "INVALID_PERMISSION",
    `Name one or more of: ${grantable.join(", ")}.`,
  );
  check(
    connectors.every((each) => connectorIds.includes(each)),
    "connectors",
    "UNKNOWN_CONNECTOR",
    `Connectors are: ${connectorIds.join(", ")}.`,
  );
  check(areNames(projects), "projects", "INVALID_PROJECT", `At most ${MAX_NAMES} projects of ${MAX_NAME_LENGTH} characters.`);
  check(areNames(users) && !usernames.includes(""), "users", "INVALID_USERNAME", `At most ${MAX_NAMES} user names.`);
  check(expiresAt > now, "expiresAt", "ALREADY_EXPIRED", "The token would have expired already.");
  const isShort = mostDays === Number.POSITIVE_INFINITY || expiresAt <= daysFromNow(mostDays);
  check(isShort, "expiresAt", "LIVES_TOO_LONG", `A token may live for ${mostDays} days at most.`);
  return faults.length > 0 ? faults : { name, permissions, connectors, projects, usernames: distinct(usernames), expiresAt };
}

function distinct(names: readonly string[] | null | undefined): readonly string[] {
  return [...new Set(names)];
}

function isName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && !CONTROL.test(text);
}

function areNames(names: readonly string[]): boolean {
  return names.length <= MAX_NAMES && names.every(isName);
}
