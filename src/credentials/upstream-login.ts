import { badInput } from "../errors.ts";
import type { UpstreamLogin } from "../upstream/access-token-source.ts";
import { ConnectionError } from "../upstream/connection-error.ts";
import type { CredentialAccess } from "./credential-access.ts";

/**
 * Logs in with a stored credential, and keeps its status as the upstream sees it. Its values are open for the time of the
 * login alone.
 * @throws {GatewayError} BAD_USER_INPUT when its connector gives no access tokens
 */
export function createUpstreamLogin(credentials: Pick<CredentialAccess, "openForUse" | "noteOutcome">): UpstreamLogin {
  return async (credentialId, signal) => {
    const { connector, values, version } = await credentials.openForUse(credentialId);
    const used = { id: credentialId, version };
    if (connector.login === undefined) throw badInput("credential", `The connector ${connector.id} gives no access tokens.`);
    try {
      const token = await connector.login(values, { signal });
      await credentials.noteOutcome(used, null);
      return token;
    } catch (error) {
      // Who stopped it was Postern: that says nothing of the credential.
      if (error instanceof ConnectionError && !signal.aborted) await credentials.noteOutcome(used, error.code);
      throw error;
    }
  };
}
