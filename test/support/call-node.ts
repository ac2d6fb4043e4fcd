import { randomUUID } from "node:crypto";
import { fastify } from "fastify";
import { ROLE_PERMISSIONS } from "../../src/access/permission.ts";
import { anonymousViewer, type RequestOrigin, type UserViewer, type Viewer } from "../../src/access/viewer.ts";
import { createAuditLog } from "../../src/audit/audit-log.ts";
import { createAppLoginConnector } from "../../src/connectors/app-login/app-login.connector.ts";
import type { ConnectorRegistry, FieldValues } from "../../src/connectors/connector.ts";
import { createAnthropicConnector } from "../../src/connectors/llm/anthropic.connector.ts";
import { createLlmApiKeyConnector } from "../../src/connectors/llm/llm-api-key.connector.ts";
import { createLoginApiConnector } from "../../src/connectors/login-api/login-api.connector.ts";
import { createOdooConnector } from "../../src/connectors/odoo/odoo.connector.ts";
import { createCredentials } from "../../src/credentials/credentials.ts";
import { UpstreamCallService } from "../../src/credentials/upstream-call.service.ts";
import { createUpstreamLogin } from "../../src/credentials/upstream-login.ts";
import { openDatabase } from "../../src/database/database.ts";
import { createLeases } from "../../src/database/leases.ts";
import { createNotifications } from "../../src/database/notifications.ts";
import { GatewayError } from "../../src/errors.ts";
import { registerRequestLog } from "../../src/http/request-log.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import type { KeyRing } from "../../src/keys/key-ring.ts";
import { createMetrics } from "../../src/observability/metrics.ts";
import { registerCallRoutes } from "../../src/rest/call.routes.ts";
import { AccessTokenBroker } from "../../src/upstream/access-token-broker.ts";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import { createStreamClient } from "../../src/upstream/guarded-stream-client.ts";
import type { StreamLimits } from "../../src/upstream/upstream-limits.ts";
import { TEST_AUDIT_SECRET } from "./audit.ts";
import { openTestCounters } from "./rate-counters.ts";

const origin: RequestOrigin = { ip: "192.0.2.1", userAgent: "test", correlationId: "correlation" };

/** The bearer token that a call node knows a user by. */
export const tokenOf = (username: string) => `gateway-token-of-${username}`;

export type CallNodeOptions = {
  readonly store: { readonly dataDir: string; readonly databaseUrl: string | undefined };
  readonly ring: KeyRing;
  readonly limits?: Partial<StreamLimits>;
};

/** The rooms that a call goes through, real ones, behind the REST routes on a port of their own; upstreams on 127.0.0.1 are allowed. */
export async function openCallNode({ store, ring, limits = {} }: CallNodeOptions) {
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  const audit = createAuditLog({ database, secret: TEST_AUDIT_SECRET, makeId, clock: systemClock });
  const envelope = createEnvelope(ring);
  const allowList = parseAllowList(["127.0.0.0/8"]);
  const connectors = createConnectors(createHttpClient({ allowList }));
  const shared = { database, audit, envelope, connectors, makeId, clock: systemClock };
  const room = createCredentials({
    ...shared,
    limiter: openTestCounters(database, systemClock),
    config: { FALLBACK_POLICY: "allow", CONNECTION_TESTS_PER_MINUTE: 0, CONNECTION_TEST_FLOOR_MS: 0, CONNECTION_TEST_DAYS: 90 },
    findUsers: async () => [],
    findUserIdByName: async () => null,
    onChanged: async () => {},
  });
  const notifications = createNotifications({ database, url: store.databaseUrl });
  const nodeId = randomUUID();
  const login = createUpstreamLogin(room.credentials);
  const tokens = new AccessTokenBroker({
    ...shared,
    leases: createLeases({ database, holder: nodeId }),
    notifications,
    nodeId,
    login,
  });
  const http = createStreamClient({ allowList, limits });
  const failures: unknown[] = [];
  const onAuditFailure = (error: unknown) => void failures.push(error);
  const calls = new UpstreamCallService({ ...shared, credentials: room.credentials, http, tokens, onAuditFailure });

  const users = new Map<string, UserViewer>();
  const addUser = async (username: string, role: "USER" | "ADMIN" = "USER") => {
    const [id, now] = [makeId("user"), systemClock.now()];
    await database.client.user.create({ data: { id, username, canonicalName: username, role, createdAt: now, updatedAt: now } });
    const viewer: UserViewer = {
      type: "USER",
      id,
      username,
      role,
      sessionId: makeId("session"),
      permissions: ROLE_PERMISSIONS[role],
      origin,
    };
    users.set(`Bearer ${tokenOf(username)}`, viewer);
    return viewer;
  };
  const authenticate = async (authorization: string | undefined): Promise<Viewer> => {
    if (authorization === undefined) return anonymousViewer(origin);
    const viewer = users.get(authorization);
    if (viewer === undefined) throw new GatewayError("UNAUTHENTICATED", "The access token is not valid. Sign in again.");
    return viewer;
  };

  const app = fastify({ bodyLimit: 1024 });
  registerRequestLog(app, createMetrics());
  registerCallRoutes(app, { authenticate, calls });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const close = async () => {
    app.server.closeAllConnections();
    await app.close();
    http.close();
    await tokens.close();
    await notifications.close();
    calls.close();
    await audit.close();
    await database.close();
  };

  return {
    url,
    calls,
    tokens,
    database,
    audit,
    auditFailures: failures,
    addUser,
    /** Stores a credential of the user untested; its id. */
    addCredential: async (viewer: UserViewer, connector: string, values: FieldValues) => {
      const fields = Object.entries(values).map(([name, value]) => ({ name, value }));
      const { credential, userErrors } = await room.saving.save(viewer, { connector, fields, test: false });
      if (credential === null) throw new Error(JSON.stringify(userErrors));
      return credential.id;
    },
    close,
  };
}

function createConnectors(http: ReturnType<typeof createHttpClient>): ConnectorRegistry {
  const all = [
    createAnthropicConnector({ http }),
    createLlmApiKeyConnector({ http }),
    createLoginApiConnector({ http, tokenTtlSeconds: 480 }),
    createOdooConnector({ http, defaultUrl: "http://127.0.0.1:8069" }),
    createAppLoginConnector(),
  ];
  return { all, find: (id) => all.find((connector) => connector.id === id) ?? null };
}
