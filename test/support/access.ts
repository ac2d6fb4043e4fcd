import { onTestFinished } from "vitest";
import { type Access, createAccess } from "../../src/access/access.ts";
import type { SessionOutcome, SessionTokens } from "../../src/access/session.service.ts";
import { type AnonymousViewer, anonymousViewer, type UserViewer } from "../../src/access/viewer.ts";
import { type AuditLog, createAuditLog } from "../../src/audit/audit-log.ts";
import { parseConfig } from "../../src/config.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { makeId } from "../../src/identifiers.ts";
import { createEnvelope, type Envelope } from "../../src/keys/envelope.ts";
import { fetchKeySet } from "../../src/upstream/key-set.ts";
import { TEST_AUDIT_SECRET } from "./audit.ts";
import { createTestStore } from "./database.ts";
import { createTestRing } from "./key-ring.ts";
import { openTestCounters } from "./rate-counters.ts";
import { LEAST_PASSWORD_COST } from "./services.ts";

export const ISSUER = "http://postern.test";
export const PASSWORD = "eight candles on a boat";

/** A clock that stands still until it is moved. */
export type TestClock = { now(): Date; advance(milliseconds: number): void };

export function createTestClock(start = new Date()): TestClock {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
}

/** The room `access/` on two nodes over one store, with the first signing key made. */
export type AccessHarness = {
  readonly node: Access;
  readonly otherNode: Access;
  readonly database: Database;
  readonly envelope: Envelope;
  readonly clock: TestClock;
  /** How many statements the store has been sent so far. */
  queryCount(): number;
};

export async function startAccess(
  options: { registration?: "open" | "closed"; environment?: Readonly<Record<string, string>> } = {},
): Promise<AccessHarness> {
  const store = await createTestStore("migrated");
  let queries = 0;
  const onQuery = () => {
    queries += 1;
  };
  const open = () => openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl }, { onQuery });
  const database = await open();
  // In one process two SQLite connections would wait for each other without ever yielding: there the nodes share one.
  const otherDatabase = database.provider === "postgresql" ? await open() : database;
  const envelope = createEnvelope(createTestRing());
  const clock = createTestClock();
  const logs = new Set(
    [database, otherDatabase].map((each) => createAuditLog({ database: each, secret: TEST_AUDIT_SECRET, makeId, clock })),
  );
  const [audit, otherAudit] = [...logs];
  if (audit === undefined) throw new Error("no audit log");
  onTestFinished(async () => {
    for (const log of logs) await log.close();
    for (const each of new Set([database, otherDatabase])) await each.close();
    await store.remove();
  });
  const environment = { ...LEAST_PASSWORD_COST, PUBLIC_URL: ISSUER, REGISTRATION: options.registration, ...options.environment };
  const shared = {
    envelope,
    makeId,
    clock,
    config: parseConfig(environment),
    connectorIds: ["odoo", "app-login"],
    fetchKeySet,
    onUserDisabled: async () => {},
    onSealedDeleted: () => {},
  };
  const createNode = (own: Database, log: AuditLog) =>
    createAccess({
      ...shared,
      database: own,
      audit: log,
      signInAudit: log,
      limiter: openTestCounters(own, clock),
    });
  const node = createNode(database, audit);
  const otherNode = createNode(otherDatabase, otherAudit ?? audit);
  await node.signingKeys.ensureSigningKey();
  return { node, otherNode, database, envelope, clock, queryCount: () => queries };
}

export function anonymous(ip = "192.0.2.1", userAgent = "test"): AnonymousViewer {
  return anonymousViewer({ ip, userAgent, correlationId: "correlation" });
}

/** The tokens of an outcome that must have some. */
export function tokensOf(outcome: SessionOutcome): SessionTokens {
  if (!("accessToken" in outcome)) throw new Error(`refused: ${JSON.stringify(outcome.userErrors)}`);
  return outcome;
}

export async function registerUser(node: Access, username = "alice"): Promise<SessionTokens> {
  return tokensOf(await node.sessions.register(anonymous(), { username, password: PASSWORD }));
}

/** The user that an access token stands for at a node. */
export async function viewerOf(node: Access, accessToken: string): Promise<UserViewer> {
  const viewer = await node.authentication.authenticate(`Bearer ${accessToken}`, anonymous().origin);
  if (viewer.type !== "USER") throw new Error("no user");
  return viewer;
}

/** What was audited, oldest first, without what differs from run to run. */
export async function auditTrail(database: Database) {
  const events = await database.client.auditEvent.findMany({ orderBy: { id: "asc" } });
  return events.map(({ action, outcome, actorType, targetType, details }) => ({
    action,
    outcome,
    actorType,
    targetType,
    details: JSON.parse(details) as unknown,
  }));
}
