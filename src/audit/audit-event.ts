/** Everything that is recorded, in the past tense. */
export const AUDIT_ACTIONS = [
  "USER_REGISTERED",
  "USER_IMPORTED",
  "USER_SIGNED_IN",
  "USER_SIGNED_OUT",
  "SESSION_REFRESHED",
  "SESSION_REUSE_DETECTED",
  "SESSIONS_ENDED",
  "USER_ENABLED",
  "USER_DISABLED",
  "USER_ROLE_CHANGED",
  "USER_DELETED",
  "PASSWORD_CONFIRMED",
  "PASSWORD_CHANGED",
  "PASSWORD_RESET",
  "SECOND_FACTOR_REQUESTED",
  "SECOND_FACTOR_ENABLED",
  "SECOND_FACTOR_DISABLED",
  "SECOND_FACTOR_RESET",
  "RECOVERY_CODE_USED",
  "RECOVERY_CODES_RENEWED",
  "SERVICE_TOKEN_CREATED",
  "SERVICE_TOKEN_REVOKED",
  "CREDENTIAL_SAVED",
  "CREDENTIAL_TESTED",
  "CREDENTIAL_REVEALED",
  "CREDENTIAL_MOVED",
  "CREDENTIAL_DELETED",
  "CREDENTIAL_UNREADABLE",
  "ACCESS_TOKEN_ISSUED",
  "UPSTREAM_CALL_STARTED",
  "UPSTREAM_CALLED",
  "SYNC_STARTED",
  "SYNC_ENDED",
  "SYNC_CANCELLED",
  "PROJECT_SAVED",
  "PROJECT_DELETED",
  "KEY_CREATED",
  "KEY_RING_ROTATION_STARTED",
  "KEY_RING_ROTATED",
  "KEY_RING_REWRAPPED",
  "KEY_RING_KEY_REMOVAL_STARTED",
  "KEY_RING_KEY_REMOVED",
  "AUDIT_READ",
  "AUDIT_EXPORTED",
  "AUDIT_VERIFIED",
  "AUDIT_CUT",
  "BACKUP_CREATED",
  "BACKUP_RESTORED",
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
export type AuditOutcome = "SUCCEEDED" | "FAILED" | "REFUSED";

/** Who did it and from where; every `Viewer` is one. */
export type AuditActor = {
  readonly type: "ANONYMOUS" | "USER" | "SERVICE" | "SYSTEM";
  readonly id: string | null;
  readonly origin: { readonly ip: string | null; readonly correlationId: string };
};

/** Postern itself; `correlationId` says at which work. */
export function systemActor(correlationId: string): AuditActor {
  return { type: "SYSTEM", id: null, origin: { ip: null, correlationId } };
}

/** What a service says has happened; the recorder adds id, time and the caller's origin. Details are never secret. */
export type AuditEntry = {
  readonly actor: AuditActor;
  readonly action: AuditAction;
  readonly outcome?: AuditOutcome;
  readonly target?: { readonly type: string; readonly id: string };
  /** The user whose thing it is; the caller when left out. */
  readonly ownerId?: string | null;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
};
