import type { Permission } from "../access/permission.ts";
import type { Viewer } from "../access/viewer.ts";
import type { Connector, FieldValues } from "../connectors/connector.ts";
import type { CredentialModel } from "../database/generated/sqlite/models.ts";
import type { ConnectionErrorCode } from "../upstream/connection-error.ts";
import type { OpenableCredential } from "./openable-credential.repository.ts";

export type CredentialRecord = CredentialModel;

/** Whose credential it is: the caller's own, or the system default. */
export type CredentialSource = "USER" | "SYSTEM";

/** A stored credential by id, or the one that the caller means by connector, project and label. */
export type CredentialSelector = {
  readonly id?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly connector?: string | null | undefined;
  readonly project?: string | null | undefined;
  readonly label?: string | null | undefined;
};

/** The credential that was meant with its version in use, whose it is, and in words why it was this one. */
export type ResolvedCredential = OpenableCredential & {
  readonly source: CredentialSource;
  readonly reason: string;
};

/** A credential's values in the clear with what speaks to its upstream; `version` is the one that they are of. */
export type OpenedCredential = { readonly connector: Connector; readonly values: FieldValues; readonly version: number };

/** A use that a credential can be for. */
export type CredentialUse = { readonly connector: string; readonly project: string };

/**
 * What other rooms need of the credentials: the record that a caller means, its values for use at the upstream, and a
 * word back on how the upstream took them.
 */
export type CredentialAccess = {
  /** @throws {GatewayError} NOT_FOUND, UNAUTHENTICATED or FORBIDDEN, BAD_USER_INPUT when several fit. */
  resolve(viewer: Viewer, selector: CredentialSelector, permission: Permission): Promise<ResolvedCredential>;
  /** Those of the ids that the viewer may see, in any order. */
  findVisible(viewer: Viewer, ids: readonly string[]): Promise<readonly CredentialRecord[]>;
  /**
   * For which of the uses the viewer has a credential that can be expected to work, of their own or by fallback: readable and not
   * refused. An upstream that was out of reach counts, since no other credential would help. Two queries, however many uses.
   */
  findServed(viewer: Viewer, uses: readonly CredentialUse[]): Promise<readonly CredentialUse[]>;
  /** The opened values, for a call that Postern itself makes; they never go to the caller. */
  openForUse(credentialId: string): Promise<OpenedCredential>;
  /** The same of one that was resolved for this use. */
  open(resolved: OpenableCredential): Promise<OpenedCredential>;
  /** Remembers that the credential was used now; written later, costs nothing. `openForUse` has noted it already. */
  noteUse(credentialId: string): void;
  /**
   * Keeps the status true: VALID after success (null), INVALID or UNREACHABLE after a failure. It says nothing of a version
   * that was saved since the one that was used.
   */
  noteOutcome(used: Pick<CredentialRecord, "id" | "version">, failure: ConnectionErrorCode | null): Promise<void>;
};
