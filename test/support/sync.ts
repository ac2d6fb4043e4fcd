import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import { ROLE_PERMISSIONS } from "../../src/access/permission.ts";
import type { UserViewer } from "../../src/access/viewer.ts";
import { createAuditLog } from "../../src/audit/audit-log.ts";
import { parseConfig } from "../../src/config.ts";
import { createConnectorRegistry } from "../../src/connectors/registry.ts";
import { createCredentials } from "../../src/credentials/credentials.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { createLeases } from "../../src/database/leases.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { openKeyRing } from "../../src/keys/key-ring.ts";
import { READ_RETRIES } from "../../src/sync/retry.ts";
import { createSync } from "../../src/sync/sync.ts";
import type { SyncTimes } from "../../src/sync/sync-runner.ts";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import { TEST_AUDIT_SECRET } from "./audit.ts";
import { createTestStore, type TestStore } from "./database.ts";
import { createRingPath } from "./key-ring.ts";
import { adminFields } from "./odoo-connector.ts";
import { type OdooServerOptions, startOdooServer } from "./odoo-server.ts";
import { openTestCounters } from "./rate-counters.ts";

/** Waiting times for tests: the same relations as in earnest, a tenth as long. */
export const TEST_TIMES: SyncTimes = {
  leaseMs: 1_000,
  renewMs: 200,
  pollMs: 100,
  retries: { ...READ_RETRIES, firstDelayMs: 10 },
};

export type NodeOptions = {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly ringFile: string;
  readonly times?: SyncTimes;
  /** Rows that are kept of a credential; as in earnest when left out. */
  readonly mostRows?: number;
  /** An open store to share instead of one's own. */
  readonly database?: Database;
};

/** The rooms that a sync goes through, as one process has them. */
export async function openSyncNode({
  dataDir,
  databaseUrl,
  ringFile,
  times = TEST_TIMES,
  mostRows = 1_000_000,
  ...options
}: NodeOptions) {
  const database = options.database ?? (await openDatabase({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl }));
  const clock = systemClock;
  const audit = createAuditLog({ database, secret: TEST_AUDIT_SECRET, makeId, clock });
  const http = createHttpClient({ allowList: parseAllowList(["127.0.0.0/8"]) });
  const connectors = createConnectorRegistry({ http, config: parseConfig({}) });
  const envelope = createEnvelope(openKeyRing({ file: ringFile }, { mayCreate: true }));
  const shared = { database, audit, makeId, clock, connectors };
  const credentials = createCredentials({
    ...shared,
    envelope,
    limiter: openTestCounters(database, clock),
    config: { FALLBACK_POLICY: "allow", CONNECTION_TESTS_PER_MINUTE: 0, CONNECTION_TEST_FLOOR_MS: 0, CONNECTION_TEST_DAYS: 90 },
    findUsers: async () => [],
    findUserIdByName: async () => null,
    onChanged: async () => {},
  });
  const leases = createLeases({ database, holder: randomUUID() });
  const failures: object[] = [];
  const log = { error: (details: object) => failures.push(details) };
  const sync = createSync({
    ...shared,
    leases,
    credentials: credentials.credentials,
    log,
    times,
    config: { SYNC_MAX_ROWS: mostRows, SYNC_RUN_DAYS: 90 },
  });
  return {
    ...sync,
    database,
    credentials,
    leases,
    /** What was logged: nothing, in a run that went as it should. */
    failures,
    close: async () => {
      await sync.runner.stop();
      await audit.close();
      if (options.database === undefined) await database.close();
    },
  };
}

export type SyncNode = Awaited<ReturnType<typeof openSyncNode>>;

/** A stored user, as the caller of services. */
export async function createViewer(database: Database, username = "ada"): Promise<UserViewer> {
  const now = systemClock.now();
  const id = makeId("user");
  await database.client.user.create({ data: { id, username, canonicalName: username, createdAt: now, updatedAt: now } });
  const origin = { ip: "192.0.2.1", userAgent: null, correlationId: "test" };
  return { type: "USER", id, username, role: "USER", sessionId: makeId("session"), permissions: ROLE_PERMISSIONS.USER, origin };
}

/** Saves an Odoo credential of the viewer, the stand-in's administrator unless other fields are given. */
export async function saveOdooCredential(
  node: SyncNode,
  viewer: UserViewer,
  url: string,
  { label = "default", ...fields }: { label?: string; database?: string; username?: string; password?: string } = {},
): Promise<string> {
  const entries = Object.entries({ ...adminFields(url), ...fields }).map(([name, value]) => ({ name, value }));
  const input = { connector: "odoo", label, fields: entries, test: false };
  const { credential } = await node.credentials.saving.save(viewer, input);
  if (credential === null) throw new Error("The credential was not saved.");
  return credential.id;
}

export type SyncHarness = {
  readonly store: TestStore;
  readonly ringFile: string;
  readonly node: SyncNode;
  readonly viewer: UserViewer;
  readonly credentialId: string;
  readonly odoo: Awaited<ReturnType<typeof startOdooServer>>;
};

/** A stand-in Odoo, a store, and a node that works on it, with one user and the credential of that user. */
export async function startSync(
  odooOptions: OdooServerOptions = {},
  times: SyncTimes = TEST_TIMES,
  mostRows?: number,
): Promise<SyncHarness> {
  const odoo = await startOdooServer(odooOptions);
  const store = await createTestStore("migrated");
  const ringFile = createRingPath();
  const node = await openSyncNode({ ...store, ringFile, times, ...(mostRows && { mostRows }) });
  onTestFinished(async () => {
    await node.close();
    await store.remove();
    await odoo.close();
  });
  const viewer = await createViewer(node.database);
  const credentialId = await saveOdooCredential(node, viewer, odoo.url);
  node.runner.start();
  return { store, ringFile, node, viewer, credentialId, odoo };
}

const FOREVER = new AbortController().signal;

/** Syncs the viewer's default credential to the end and gives what a caller reads off it. */
export async function syncContacts(
  { node, viewer }: Pick<SyncHarness, "node" | "viewer">,
  request: { readonly full?: boolean } = {},
) {
  const { run, ...result } = await node.runs.sync(viewer, { resource: "CONTACTS", ...request }, FOREVER);
  if (run === null) throw new Error(result.message);
  const { status, total, processed, created, updated, deleted, errorCode } = run;
  return { ...result, status, total, processed, created, updated, deleted, errorCode };
}

/** The contacts that are stored, in the terms of Odoo's wire. */
export async function storedContacts({ database }: SyncNode) {
  const rows = await database.client.contact.findMany({ orderBy: { upstreamId: "asc" } });
  return rows.map(({ upstreamId, name, email, phone, isCompany, isActive, upstreamUpdatedAt }) => ({
    id: upstreamId,
    name,
    email: email ?? false,
    phone: phone ?? false,
    is_company: isCompany,
    active: isActive,
    write_date: upstreamUpdatedAt.toISOString().slice(0, 19).replace("T", " "),
  }));
}

/** The contacts that the stand-in has, in the same terms. */
export function upstreamContacts({ partners }: SyncHarness["odoo"]) {
  const fields = ["name", "email", "phone", "is_company", "active", "write_date"];
  return partners.select({ domain: [], isActiveOnly: false }).map((record) => partners.present(record, fields));
}
