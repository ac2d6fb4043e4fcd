import { GatewayError } from "../errors.ts";
import { ANONYMOUS_PERMISSIONS, PERMISSIONS, type Permission } from "./permission.ts";
import type { Reauthentication } from "./reauthentication.ts";
import type { RequiredStep } from "./required-step.ts";

/** Where a request came from; goes into every audit event. */
export type RequestOrigin = { readonly ip: string | null; readonly userAgent: string | null; readonly correlationId: string };

type Caller = { readonly permissions: ReadonlySet<Permission>; readonly origin: RequestOrigin };

export type AnonymousViewer = Caller & { readonly type: "ANONYMOUS"; readonly id: null };
export type UserViewer = Caller & {
  readonly type: "USER";
  readonly id: string;
  readonly username: string;
  readonly role: "USER" | "ADMIN";
  /** Null for who came with a trusted issuer's token: that is a session of the issuer's. */
  readonly sessionId: string | null;
  /** Absent for who has no session here: their password is not Postern's to ask for. */
  readonly reauthentication?: Reauthentication;
  /** What they have to do first; their permissions lead to that and no further. */
  readonly requiredStep?: RequiredStep | null;
};
/** What a service token is limited to; an empty list limits nothing. User names are canonical. */
export type ServiceLimits = {
  readonly connectors: readonly string[];
  readonly projects: readonly string[];
  readonly usernames: readonly string[];
};
/** True for what a limit names, and for everything when it names nothing. */
export function isAllowed(limit: readonly string[], value: string): boolean {
  return limit.length === 0 || limit.includes(value);
}
/** A machine with a service token: it acts for the users that it names, within its limits. */
export type ServiceViewer = Caller & { readonly type: "SERVICE"; readonly id: string; readonly limits: ServiceLimits };
/** Postern itself, at work nobody is waiting for. */
export type SystemViewer = Caller & { readonly type: "SYSTEM"; readonly id: null };

/** Who calls: the first argument of every public method of a service. */
export type Viewer = AnonymousViewer | UserViewer | ServiceViewer | SystemViewer;

/** A caller who brought no token, or none that is valid. */
export function anonymousViewer(origin: RequestOrigin): AnonymousViewer {
  return { type: "ANONYMOUS", id: null, permissions: ANONYMOUS_PERMISSIONS, origin };
}

/** Postern itself; `correlationId` says at which work. */
export function systemViewer(correlationId: string): SystemViewer {
  const origin = { ip: null, userAgent: null, correlationId };
  return { type: "SYSTEM", id: null, permissions: new Set(PERMISSIONS), origin };
}

const STEP_FIRST: Readonly<Record<RequiredStep, string>> = {
  CHANGE_PASSWORD: "Change your password first, which was made for you: by `changePassword`, or in the dashboard.",
  SET_UP_SECOND_FACTOR: "Set up a second factor first: on your account page, or by `startSecondFactor`.",
};

/** @throws {GatewayError} UNAUTHENTICATED for an anonymous caller, FORBIDDEN for one who lacks the permission. */
export function requirePermission(viewer: Viewer, permission: Permission): void {
  if (viewer.permissions.has(permission)) return;
  if (viewer.type === "ANONYMOUS") throw new GatewayError("UNAUTHENTICATED", "Sign in first.");
  if (viewer.type === "USER" && viewer.requiredStep != null) throw new GatewayError("FORBIDDEN", STEP_FIRST[viewer.requiredStep]);
  throw new GatewayError("FORBIDDEN", `This needs the permission ${permission}.`);
}

/** The viewer as the user that it must be, with the permission. */
export function requireUser(viewer: Viewer, permission: Permission): UserViewer {
  requirePermission(viewer, permission);
  if (viewer.type !== "USER") throw new GatewayError("FORBIDDEN", "Only a user can do this.");
  return viewer;
}
