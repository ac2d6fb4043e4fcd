import type { Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { PersonError } from "../errors.ts";
import type { AccessTokenBroker, IssuedToken } from "../upstream/access-token-broker.ts";
import { ConnectionError } from "../upstream/connection-error.ts";
import type { CredentialAccess, CredentialSelector, CredentialSource } from "./credential-access.ts";
import type { MeantCredential, MeantCredentials } from "./meant-credentials.ts";

export type IssueInput = {
  readonly credential: CredentialSelector;
  /** A token of a new login, whatever is cached. */
  readonly forceRefresh?: boolean | null | undefined;
};

/** The upstream's token, or in `userErrors` why it gives none; `source` says whose credential was used in either case. */
export type IssueResult = {
  readonly accessToken: string | null;
  readonly expiresAt: Date | null;
  readonly isCached: boolean | null;
  readonly source: CredentialSource;
  readonly userErrors: readonly PersonError[];
};

type Dependencies = {
  readonly meant: Pick<MeantCredentials, "find">;
  readonly credentials: Pick<CredentialAccess, "noteUse">;
  readonly broker: Pick<AccessTokenBroker, "issue">;
  readonly audit: AuditLog;
};

/**
 * Owns the handing out of upstream access tokens. Invariant: a token leaves only after its audit event, which says whose
 * credential it came from, is durable.
 */
export class AccessTokenService {
  readonly #deps: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /**
   * A token of the credential that the viewer means, their own or the system default. What the upstream decides is a
   * result; `signal` ends this caller's wait.
   * @throws {GatewayError} NOT_FOUND, FORBIDDEN, BAD_USER_INPUT for a connector without tokens; UNAVAILABLE when the event
   * could not be stored
   */
  async issue(viewer: Viewer, input: IssueInput, signal?: AbortSignal): Promise<IssueResult> {
    const resolved = await this.#deps.meant.find(viewer, input.credential, "upstream:token");
    const { id, version } = resolved.credential;
    const options = { version, forceRefresh: input.forceRefresh ?? false, ...(signal && { signal }) };
    try {
      const { accessToken, expiresAt, isCached } = await this.#deps.broker.issue(id, options);
      await this.#record(viewer, resolved, { isCached });
      this.#deps.credentials.noteUse(id);
      return { accessToken, expiresAt, isCached, source: resolved.source, userErrors: [] };
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      await this.#record(viewer, resolved, error);
      const userErrors = [{ message: error.message, field: null, code: error.code }];
      return { accessToken: null, expiresAt: null, isCached: null, source: resolved.source, userErrors };
    }
  }

  async #record(
    viewer: Viewer,
    { credential, source }: MeantCredential,
    outcome: Pick<IssuedToken, "isCached"> | ConnectionError,
  ): Promise<void> {
    const isFailure = outcome instanceof ConnectionError;
    await this.#deps.audit.record({
      actor: viewer,
      action: "ACCESS_TOKEN_ISSUED",
      outcome: isFailure ? "FAILED" : "SUCCEEDED",
      target: { type: "Credential", id: credential.id },
      ownerId: credential.ownerId,
      details: {
        connector: credential.connectorId,
        version: credential.version,
        source,
        ...(isFailure ? { code: outcome.code } : { isCached: outcome.isCached }),
      },
    });
  }
}
