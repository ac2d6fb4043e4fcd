import { SERVICE_TOKEN_PERMISSIONS } from "../../src/access/permission.ts";

/**
 * Every kind of viewer, under the name of its column, and who that is. All records are Ada's; the service tokens are limited
 * to her, her connectors and her projects, but for the one limit or permission that is wrong.
 */
const VIEWERS = {
  anon: "nobody: no token at all",
  bad: "a token that Postern did not make",
  ended: "Ada with a session that she has ended",
  off: "a user who was disabled after signing in",
  gone: "a service token that was revoked",
  owner: "Ada, whose records they are",
  other: "Bob, another user",
  admin: "the administrator",
  former: "who was administrator and is one no more, in the session from then",
  issuer: "a user of a trusted issuer",
  fit: "a service token with just the permission that the operation needs, or every one when no token can be given that",
  conn: "a service token for another connector",
  proj: "a service token for another project",
  name: "a service token for another user",
  lack: "a service token with every permission but the one that the operation needs",
  env: "the token of HMS_API_TOKEN",
} as const;

export type ViewerKind = keyof typeof VIEWERS;

export const VIEWER_KINDS = Object.keys(VIEWERS) as readonly ViewerKind[];

/** What a service token of Ada's machines is limited to. */
const FITTING_LIMITS = {
  connectors: ["odoo", "login-api", "app-login"],
  projects: ["apollo", "qa"],
  users: ["ada"],
} as const;

/** The service tokens that are made once, by name: those of a column, and those of a permission. */
export function serviceTokenInputs(): Record<string, object> {
  const permissions = SERVICE_TOKEN_PERMISSIONS;
  const inputs: Record<string, object> = {
    gone: { permissions, ...FITTING_LIMITS },
    conn: { permissions, ...FITTING_LIMITS, connectors: ["openai"] },
    proj: { permissions, ...FITTING_LIMITS, projects: ["zeus"] },
    name: { permissions, ...FITTING_LIMITS, users: ["bob"] },
    all: { permissions, ...FITTING_LIMITS },
  };
  for (const permission of permissions) {
    inputs[`fit ${permission}`] = { permissions: [permission], ...FITTING_LIMITS };
    inputs[`lack ${permission}`] = { permissions: permissions.filter((each) => each !== permission), ...FITTING_LIMITS };
  }
  return inputs;
}

/** Which of the tokens that were made stands for a viewer at an operation. */
export function tokenNameOf(kind: ViewerKind, needs: string): string {
  if (kind !== "fit" && kind !== "lack") return kind;
  return SERVICE_TOKEN_PERMISSIONS.some((each) => each === needs) ? `${kind} ${needs}` : "all";
}
