import { z } from "zod";
import type { PersonError } from "../errors.ts";
import { SERVICE_TOKEN_PERMISSIONS } from "./permission.ts";
import { parseUsername } from "./username.ts";

/** How long a token lives for which nobody says otherwise, in milliseconds. */
const DEFAULT_LIFE_MS = 90 * 24 * 3_600_000;
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
export function parseGrant(input: NewToken, knownConnectors: readonly string[], now: Date): TokenGrant | readonly PersonError[] {
  const permissions = distinct(input.permissions);
  const connectors = distinct(input.connectors);
  const projects = distinct(input.projects);
  const users = distinct(input.users);
  const usernames = users.map((user) => parseUsername(user)?.canonicalName ?? "");
  const name = input.name.trim();
  const expiresAt = input.expiresAt ?? new Date(now.getTime() + DEFAULT_LIFE_MS);
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
    connectors.every((each) => knownConnectors.includes(each)),
    "connectors",
    "UNKNOWN_CONNECTOR",
    `Connectors are: ${knownConnectors.join(", ")}.`,
  );
  check(areNames(projects), "projects", "INVALID_PROJECT", `At most ${MAX_NAMES} projects of ${MAX_NAME_LENGTH} characters.`);
  check(areNames(users) && !usernames.includes(""), "users", "INVALID_USERNAME", `At most ${MAX_NAMES} user names.`);
  check(expiresAt > now, "expiresAt", "ALREADY_EXPIRED", "The token would have expired already.");
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
