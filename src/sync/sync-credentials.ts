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

/** No credential has this id: what is asked for when there is no row that could tell one. */
const NO_CREDENTIAL = "credential_00000000000000000000000000";

/**
 * True when a viewer may read what was synced with a credential: one that they may see, or the one that they sync with
 * although it is not theirs, the system default. Null, for a row that is not there, is asked for all the same, so that the
 * time it takes does not tell whether there is one.
 */
export async function maySeeSynced(
  credentials: Pick<CredentialAccess, "resolve">,
  viewer: Viewer,
  credentialId: string | null,
  permission: Permission,
): Promise<boolean> {
  const isResolved = async (selector: CredentialSelector | null) => {
    try {
      return (await findMeantCredential(credentials, viewer, selector, permission))?.id === credentialId;
    } catch (error) {
      // Several could be meant: then none of them is this one, and saying so would tell that the id exists.
      if (error instanceof GatewayError && (error.code === "NOT_FOUND" || error.code === "BAD_USER_INPUT")) return false;
      throw error;
    }
  };
  return (await isResolved({ id: credentialId ?? NO_CREDENTIAL })) || (await isResolved(null));
}
