import { onTestFinished } from "vitest";
import type { AuditActor, AuditEntry } from "../../src/audit/audit-event.ts";
import { type ClosableAuditLog, createAuditLog } from "../../src/audit/audit-log.ts";
import { createAuditSecret } from "../../src/audit/audit-secret.ts";
import type { Database } from "../../src/database/database.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";

/** What tests' chains are made with, the same for all processes of a test. */
export const TEST_AUDIT_SECRET = createAuditSecret("key_test", Buffer.alloc(32, 7));

/** A user who acts, from an address of the documentation range. */
export function actorOf(id: string): AuditActor {
  return { type: "USER", id, origin: { ip: "192.0.2.1", correlationId: `request of ${id}` } };
}

/** What a user's test of one of their credentials leaves behind. */
export function entryOf(userId: string, changes: Partial<AuditEntry> = {}): AuditEntry {
  return { actor: actorOf(userId), action: "CREDENTIAL_TESTED", target: { type: "Credential", id: "credential_1" }, ...changes };
}

/** An audit log over the store that is closed with the test, before the store is. */
export function openAuditLog(database: Database, maxWaiting?: number): ClosableAuditLog {
  const audit = createAuditLog({
    database,
    secret: TEST_AUDIT_SECRET,
    makeId,
    clock: systemClock,
    ...(maxWaiting !== undefined && { maxWaiting }),
  });
  onTestFinished(() => audit.close());
  return audit;
}

/** The actions that are stored with their actors, oldest first. */
export async function readTrail(database: Database): Promise<string[]> {
  const events = await database.client.auditEvent.findMany({ orderBy: { id: "asc" } });
  return events.map(({ action, actorId }) => `${action} by ${actorId}`);
}

/** Makes every write of an event fail, or of those of one action, as a full or damaged trail would. */
export async function breakTrail({ client, provider }: Database, action?: AuditEntry["action"]): Promise<void> {
  const condition = action === undefined ? "" : `WHEN (NEW."action" = '${action}')`;
  if (provider === "sqlite") {
    const statement = "BEGIN SELECT RAISE(ABORT, 'full'); END";
    await client.$executeRawUnsafe(`CREATE TRIGGER "broken" BEFORE INSERT ON "AuditEvent" ${condition} ${statement}`);
    return;
  }
  await client.$executeRaw`CREATE FUNCTION broken() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''full''; END' LANGUAGE plpgsql`;
  await client.$executeRawUnsafe(
    `CREATE TRIGGER broken BEFORE INSERT ON "AuditEvent" FOR EACH ROW ${condition} EXECUTE FUNCTION broken()`,
  );
}
