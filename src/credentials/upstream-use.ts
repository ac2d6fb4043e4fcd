import type { AuditLog } from "../audit/audit-log.ts";
import type { ConnectorRegistry } from "../connectors/connector.ts";
import type { Database } from "../database/database.ts";
import type { Leases } from "../database/leases.ts";
import type { Notifications } from "../database/notifications.ts";
import type { Clock } from "../identifiers.ts";
import type { Envelope } from "../keys/envelope.ts";
import { AccessTokenBroker, type TokenWatch } from "../upstream/access-token-broker.ts";
import type { StreamClient } from "../upstream/stream-client.ts";
import type { UpstreamObserver } from "../upstream/upstream-observer.ts";
import { AccessTokenService } from "./access-token.service.ts";
import type { CredentialAccess } from "./credential-access.ts";
import { MeantCredentials } from "./meant-credentials.ts";
import { UpstreamCallService } from "./upstream-call.service.ts";
import { createUpstreamLogin } from "./upstream-login.ts";

export type UpstreamUseDeps = {
  readonly database: Database;
  readonly envelope: Envelope;
  readonly connectors: ConnectorRegistry;
  readonly credentials: CredentialAccess;
  readonly http: StreamClient;
  readonly leases: Leases;
  readonly notifications: Notifications;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Names this process among those on the store. */
  readonly nodeId: string;
  readonly onAuditFailure: (error: unknown) => void;
  readonly watch: TokenWatch;
  readonly observe: UpstreamObserver;
};

/** What uses credentials at their upstreams without showing them. */
export type UpstreamUse = {
  readonly broker: AccessTokenBroker;
  readonly accessTokens: AccessTokenService;
  readonly calls: UpstreamCallService;
  /** To be told of every credential that was saved or deleted: what is remembered of it no longer counts. */
  readonly onChanged: (credentialId: string) => Promise<void>;
};

/** Wires the use of credentials at their upstreams. */
export function createUpstreamUse(deps: UpstreamUseDeps): UpstreamUse {
  const broker = new AccessTokenBroker({ ...deps, login: createUpstreamLogin(deps.credentials) });
  const meant = new MeantCredentials(deps);
  return {
    broker,
    accessTokens: new AccessTokenService({ ...deps, broker, meant }),
    calls: new UpstreamCallService({ ...deps, tokens: broker }),
    onChanged: async (credentialId) => {
      meant.forgetAll();
      await broker.invalidate(credentialId);
    },
  };
}
