import type { CredentialModel, CredentialVersionModel } from "../database/generated/sqlite/models.ts";
import { encodeParts } from "../keys/associated-data.ts";
import type { SealContext } from "../keys/envelope.ts";

/**
 * The place that a version's secret fields are sealed for. What stands beside them in the clear is bound as well: a
 * secret whose connector, project, label, public fields or list of names was changed in the store does not open.
 */
export function credentialSealContext(
  credential: Pick<CredentialModel, "id" | "ownerKey" | "connectorId" | "project" | "label">,
  version: Pick<CredentialVersionModel, "version" | "publicFields" | "secretNames">,
): SealContext {
  const { id, ownerKey, connectorId, project, label } = credential;
  return {
    purpose: "credential",
    ownerId: ownerKey,
    recordId: id,
    field: "fields",
    version: version.version,
    binding: encodeParts([connectorId, project, label, version.publicFields, version.secretNames]),
  };
}
