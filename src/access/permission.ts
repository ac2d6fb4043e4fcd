/** Whom a permission is given to. What is given to nobody is Postern's own: `systemViewer`. */
type Grantee = "ANONYMOUS" | "USER" | "ADMIN" | "SERVICE_TOKEN";

const EVERY_USER = ["USER", "ADMIN"] as const;
/**
 * A service token can be given what looks up and uses what is stored. Never what makes tokens, changes what is stored,
 * reads the audit trail or touches an account, so that no token leads to more than itself.
 */
const USERS_AND_MACHINES = ["USER", "ADMIN", "SERVICE_TOKEN"] as const;

/** What a caller may do, one per kind of operation, and who may. Whoever lacks one is refused: there is no default but no. */
const GRANTS = {
  "gateway:read": ["ANONYMOUS", "USER", "ADMIN"],
  "account:create": ["ANONYMOUS", "USER", "ADMIN"],
  "session:create": ["ANONYMOUS", "USER", "ADMIN"],
  "session:end": EVERY_USER,
  "account:read": EVERY_USER,
  "account:write": EVERY_USER,
  "connector:read": ["ANONYMOUS", "USER", "ADMIN", "SERVICE_TOKEN"],
  "credential:read": USERS_AND_MACHINES,
  "credential:write": EVERY_USER,
  "credential:delete": EVERY_USER,
  "credential:test": EVERY_USER,
  "credential:reveal": USERS_AND_MACHINES,
  "upstream:token": USERS_AND_MACHINES,
  "upstream:call": USERS_AND_MACHINES,
  "sync:read": USERS_AND_MACHINES,
  "sync:run": USERS_AND_MACHINES,
  "project:read": EVERY_USER,
  "project:write": ["ADMIN"],
  "audit:read": EVERY_USER,
  "audit:read-all": ["ADMIN"],
  "audit:verify": ["ADMIN"],
  "user:read": ["ADMIN"],
  "user:create": ["ADMIN"],
  "user:write": ["ADMIN"],
  "service-token:read": ["ADMIN"],
  "service-token:write": ["ADMIN"],
  "system-credential:write": ["ADMIN"],
  "key:read": ["ADMIN"],
  "key:rotate": ["ADMIN"],
  "settings:read": ["ADMIN"],
  "metrics:read": ["ADMIN", "SERVICE_TOKEN"],
  // Moving in writes password hashes and others' secrets as they come: only whoever runs commands on the machine may.
  "import:run": [],
} as const satisfies Record<string, readonly Grantee[]>;

/** A right to one kind of act; who may do it stands in `GRANTS`. */
export type Permission = keyof typeof GRANTS;

/** All permissions. */
export const PERMISSIONS = Object.keys(GRANTS) as readonly Permission[];

function grantedTo(grantee: Grantee): readonly Permission[] {
  return PERMISSIONS.filter((permission) => (GRANTS[permission] as readonly Grantee[]).includes(grantee));
}

/** What a signed-in user may do, by role. */
export const ROLE_PERMISSIONS: Readonly<Record<"USER" | "ADMIN", ReadonlySet<Permission>>> = {
  USER: new Set(grantedTo("USER")),
  ADMIN: new Set(grantedTo("ADMIN")),
};

/** What a user may do whose account is not in order yet: put it in order, and leave. */
export const SETTLING_PERMISSIONS: ReadonlySet<Permission> = new Set([
  "gateway:read",
  "session:create",
  "session:end",
  "account:read",
  "account:write",
]);

/** What a caller without any token may do. */
export const ANONYMOUS_PERMISSIONS: ReadonlySet<Permission> = new Set(grantedTo("ANONYMOUS"));

/** What a service token can be given. */
export const SERVICE_TOKEN_PERMISSIONS: readonly Permission[] = grantedTo("SERVICE_TOKEN");
