import { GatewayError } from "../errors.ts";
import type { Viewer } from "./viewer.ts";

/** How recently the user of a session gave their password. */
export type Reauthentication = {
  /** True for a session whose refresh token is in a browser's cookie: there a person can be asked. */
  readonly isInBrowser: boolean;
  /** Whether the password was given within `REAUTHENTICATION_MINUTES`, as the store has it now. */
  isRecent(): Promise<boolean>;
};

/**
 * For acts that a session left open must not be enough for. Asks every user alike; a service token goes by its permissions.
 * @throws {GatewayError} REAUTHENTICATION_REQUIRED, also for who comes with a trusted issuer's token and has no session here
 */
export async function requireRecentAuthentication(viewer: Viewer): Promise<void> {
  if (viewer.type !== "USER" || (await viewer.reauthentication?.isRecent())) return;
  throw new GatewayError("REAUTHENTICATION_REQUIRED", "Confirm your password for this.");
}

/**
 * The same for acts that programs with a user's access token have always done: asks browser sessions alone.
 * @throws {GatewayError} REAUTHENTICATION_REQUIRED
 */
export async function requireRecentAuthenticationInBrowser(viewer: Viewer): Promise<void> {
  if (viewer.type === "USER" && viewer.reauthentication?.isInBrowser) await requireRecentAuthentication(viewer);
}
