import type { texts } from "../../texts/texts.ts";

type Kind = keyof typeof texts.activity.kinds;

/** Which events each kind of the filter has. */
export const KINDS: Readonly<Record<Kind, readonly string[]>> = {
  credentials: ["CREDENTIAL_SAVED", "CREDENTIAL_TESTED", "CREDENTIAL_REVEALED", "CREDENTIAL_DELETED", "CREDENTIAL_UNREADABLE"],
  use: ["ACCESS_TOKEN_ISSUED", "UPSTREAM_CALLED"],
  sessions: [
    "USER_SIGNED_IN",
    "USER_SIGNED_OUT",
    "SESSION_REFRESHED",
    "SESSION_REUSE_DETECTED",
    "SESSIONS_ENDED",
    "PASSWORD_CONFIRMED",
  ],
  sync: ["SYNC_STARTED", "SYNC_ENDED", "SYNC_CANCELLED"],
  users: [
    "USER_REGISTERED",
    "USER_IMPORTED",
    "USER_ENABLED",
    "USER_DISABLED",
    "USER_ROLE_CHANGED",
    "USER_DELETED",
    "PASSWORD_CHANGED",
    "PASSWORD_RESET",
  ],
  tokens: ["SERVICE_TOKEN_CREATED", "SERVICE_TOKEN_REVOKED"],
  projects: ["PROJECT_SAVED", "PROJECT_DELETED"],
  trail: [
    "KEY_CREATED",
    "KEY_RING_ROTATED",
    "KEY_RING_REWRAPPED",
    "KEY_RING_KEY_REMOVED",
    "AUDIT_READ",
    "AUDIT_EXPORTED",
    "AUDIT_VERIFIED",
    "AUDIT_CUT",
    "BACKUP_CREATED",
    "BACKUP_RESTORED",
  ],
};

/** How far back each choice of the time filter goes, in milliseconds. */
export const TIMES: Readonly<Record<Exclude<keyof typeof texts.activity.times, "all">, number>> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

/** The actions of a kind; null for everything. */
export function actionsOf(kind: string): string[] | null {
  const actions = KINDS[kind as Kind];
  return actions === undefined ? null : [...actions];
}

/** Since when, to the minute so that a page asks for the same thing while it is looked at; null for always. */
export function startOf(time: string, now: number): string | null {
  const span = TIMES[time as keyof typeof TIMES];
  return span === undefined ? null : new Date(Math.floor((now - span) / 60_000) * 60_000).toISOString();
}
