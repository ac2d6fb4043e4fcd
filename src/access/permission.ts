/** What a caller may do, one per kind of operation. Whoever lacks one is refused: there is no default but no. */
export const PERMISSIONS = [
  "account:create",
  "session:create",
  "session:end",
  "account:read",
  "account:write",
  "connector:read",
  "credential:read",
  "credential:write",
  "credential:delete",
  "credential:test",
  "credential:reveal",
  "upstream:token",
  "upstream:call",
  "sync:read",
  "sync:run",
  "project:read",
  "project:write",
  "audit:read",
  "audit:read-all",
  "user:read",
  "user:create",
  "user:write",
  "service-token:read",
  "service-token:write",
  "system-credential:write",
  "import:run",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const USER_PERMISSIONS: readonly Permission[] = [
  "account:create",
  "session:create",
  "session:end",
  "account:read",
  "account:write",
  "connector:read",
  "credential:read",
  "credential:write",
  "credential:delete",
  "credential:test",
  "credential:reveal",
  "upstream:token",
  "upstream:call",
  "sync:read",
  "sync:run",
  "project:read",
  "audit:read",
];

export const ROLE_PERMISSIONS: Readonly<Record<"USER" | "ADMIN", ReadonlySet<Permission>>> = {
  USER: new Set(USER_PERMISSIONS),
  // Moving in writes password hashes and others' secrets as they come: only whoever runs commands on the machine may.
  ADMIN: new Set(PERMISSIONS.filter((permission) => permission !== "import:run")),
};

/** What a caller without any token may do. */
export const ANONYMOUS_PERMISSIONS: ReadonlySet<Permission> = new Set(["account:create", "session:create", "connector:read"]);

/**
 * What a service token can be given: to look up and use what is stored. Never to make tokens, change what is stored, read
 * the audit trail or touch an account, so that no token leads to more than itself.
 */
export const SERVICE_TOKEN_PERMISSIONS: readonly Permission[] = [
  "connector:read",
  "credential:read",
  "credential:reveal",
  "upstream:token",
  "upstream:call",
  "sync:read",
  "sync:run",
];
