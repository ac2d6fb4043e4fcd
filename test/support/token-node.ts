import { randomUUID } from "node:crypto";
import { createLoginApiConnector } from "../../src/connectors/login-api/login-api.connector.ts";
import type { Database } from "../../src/database/database.ts";
import { createLeases } from "../../src/database/leases.ts";
import { createNotifications } from "../../src/database/notifications.ts";
import type { Clock } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import type { KeyRing } from "../../src/keys/key-ring.ts";
import { AccessTokenBroker } from "../../src/upstream/access-token-broker.ts";
import { LOGIN_LEASE_MS } from "../../src/upstream/access-token-source.ts";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";

export type TokenNodeOptions = {
  readonly database: Database;
  readonly databaseUrl: string | undefined;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly loginUrl: string;
  readonly leaseMs?: number;
};

/** A broker as one node has it: its own leases and notifications, and logins by the real connector at `loginUrl`. */
export function startTokenNode({ database, databaseUrl, ring, clock, loginUrl, leaseMs = LOGIN_LEASE_MS }: TokenNodeOptions) {
  const nodeId = randomUUID();
  const notifications = createNotifications({ database, url: databaseUrl });
  const http = createHttpClient({ allowList: parseAllowList(["127.0.0.1"]) });
  const connector = createLoginApiConnector({ http, loginUrl, tokenTtlSeconds: 480 });
  const broker = new AccessTokenBroker({
    database,
    leases: createLeases({ database, holder: nodeId }),
    notifications,
    envelope: createEnvelope(ring),
    clock,
    nodeId,
    leaseMs,
    login: async (credentialId, signal) => {
      const values = { email: `${credentialId}@example.com`, password: "correct horse", login_url: loginUrl };
      if (connector.login === undefined) throw new Error("The connector cannot log in");
      return connector.login(values, { signal });
    },
  });
  const close = async () => {
    await broker.close();
    await notifications.close();
  };
  return { broker, notifications, close };
}
