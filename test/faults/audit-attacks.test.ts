import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createAuditLog } from "../../src/audit/audit-log.ts";
import { createHeadsFile } from "../../src/audit/heads-file.ts";
import { verifyTrail } from "../../src/audit/trail-verification.ts";
import type { Database } from "../../src/database/database.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { entryOf, TEST_AUDIT_SECRET } from "../support/audit.ts";
import { ATTACKS } from "../support/audit-attacks.ts";
import { openTestDatabase } from "../support/database.ts";

/** Places that each attack is tried at: `AUDIT_ATTACK_ROUNDS=100 npx vitest run test/faults/audit-attacks.test.ts` for many. */
const ROUNDS = Number(process.env.AUDIT_ATTACK_ROUNDS ?? 3);

/** Two processes that write one after the other, by transactions side by side and by group commit, each stopped in order. */
async function writeTrail(database: Database, headsFile: string, events: number): Promise<void> {
  const sink = createHeadsFile(headsFile);
  for (const node of ["one", "two"]) {
    const audit = createAuditLog({ database, secret: TEST_AUDIT_SECRET, sink, makeId, clock: systemClock });
    await Promise.all(Array.from({ length: events }, (_, index) => audit.record(entryOf(`user_${node}_${index}`))));
    const append = (index: number) =>
      database.transaction((transaction) => audit.append(transaction, entryOf(`user_${node}_tx_${index}`)));
    await Promise.all(Array.from({ length: events }, (_, index) => append(index)));
    await audit.close();
  }
}

async function startTrail() {
  const database = await openTestDatabase();
  const folder = mkdtempSync(path.join(tmpdir(), "postern-heads-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const headsFile = path.join(folder, "audit-heads.jsonl");
  await writeTrail(database, headsFile, 12);
  const verify = () => verifyTrail({ database, secret: TEST_AUDIT_SECRET, headsFile });
  return { database, headsFile, verify };
}

/** The trail as it stands, and how to bring it back. */
async function copyTrail({ client }: Database): Promise<() => Promise<void>> {
  const [events, anchors] = [await client.auditEvent.findMany(), await client.auditAnchor.findMany()];
  return async () => {
    await client.auditEvent.deleteMany();
    await client.auditAnchor.deleteMany();
    await client.auditEvent.createMany({ data: events });
    await client.auditAnchor.createMany({ data: anchors });
  };
}

const places = Array.from({ length: ROUNDS }, () => Math.random());

test("edit, delete, insert, reorder, truncation and removal are found wherever they are done to the trail", async () => {
  const { database, verify } = await startTrail();
  const restore = await copyTrail(database);
  const undetected: string[] = [];
  for (const [name, attack] of Object.entries(ATTACKS)) {
    for (const place of places) {
      await attack(database, place);
      if ((await verify()).faultCount === 0) undetected.push(`${name} at ${place}`);
      await restore();
    }
  }
  expect(undetected).toEqual([]);
  expect(await verify()).toMatchObject({ events: 48, faultCount: 0, faults: [] });
}, 600_000);

test("fork: an older store that is brought back and goes on is found by the heads beside it", async () => {
  const undetected: number[] = [];
  for (const place of places) {
    const { database, headsFile, verify } = await startTrail();
    const restore = await copyTrail(database);
    await writeTrail(database, headsFile, 1 + Math.floor(place * 20));
    await restore();
    await writeTrail(database, headsFile, 1);
    const { faults } = await verify();
    if (!faults.some(({ kind }) => kind === "TRUNCATED")) undetected.push(place);
  }
  expect(undetected).toEqual([]);
}, 600_000);

test("fork: a process that goes on from a copy of its own past is found by its own heads", async () => {
  const { database, headsFile, verify } = await startTrail();
  const open = () =>
    createAuditLog({
      database,
      secret: TEST_AUDIT_SECRET,
      sink: createHeadsFile(headsFile),
      makeId: (prefix) => (prefix === "chain" ? "chain_of_both" : makeId(prefix)),
      clock: systemClock,
    });
  const restore = await copyTrail(database);
  for (const branch of ["first", "second"]) {
    await restore();
    const audit = open();
    for (let index = 0; index < 3; index += 1) await audit.record(entryOf(`user_${branch}`));
    await audit.close();
  }
  expect((await verify()).faults).toEqual([
    { kind: "FORKED", chainId: "chain_of_both", sequence: 3, eventId: expect.stringMatching(/^event_/) },
  ]);
});
