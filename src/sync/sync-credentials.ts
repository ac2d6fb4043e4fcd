import type { Permission } from "../access/permission.ts";
import type { Viewer } from "../access/viewer.ts";
import type { CredentialAccess, CredentialRecord, CredentialSelector } from "../credentials/credential-access.ts";
import { GatewayError } from "../errors.ts";

/** The connector whose default credential is meant when a caller names none. */
const DEFAULT_CONNECTOR = "odoo";

/**
 * The credential that a caller means to sync or read with; null when the caller named none and has none.
 * @throws {GatewayError} NOT_FOUND when one was named that is not there or not the caller's; UNAUTHENTICATED, FORBIDDEN
 */
export async function findMeantCredential(
  credentials: Pick<CredentialAccess, "resolve">,
  viewer: Viewer,
  selector: CredentialSelector | null | undefined,
  permission: Permission,
): Promise<CredentialRecord | null> {
  const { id, username, connector, project, label } = selector ?? {};
  const isNamed = [id, username, connector, project, label].some((part) => part != null);
  const meant = id == null ? { ...selector, connector: connector ?? DEFAULT_CONNECTOR } : { ...selector };
  try {
    return (await credentials.resolve(viewer, meant, permission)).credential;
  } catch (error) {
    if (!isNamed && error instanceof GatewayError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}
