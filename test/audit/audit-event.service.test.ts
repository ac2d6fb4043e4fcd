import { expect, test } from "vitest";
import { ANONYMOUS_PERMISSIONS, ROLE_PERMISSIONS } from "../../src/access/permission.ts";
import { requirePermission, type Viewer } from "../../src/access/viewer.ts";
import { AuditEventRepository } from "../../src/audit/audit-event.repository.ts";
import { AuditEventService } from "../../src/audit/audit-event.service.ts";
import { createReadRecorder } from "../../src/audit/read-recorder.ts";
import type { Database } from "../../src/database/database.ts";
import { encodeCursor } from "../../src/database/page.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { entryOf, openAuditLog } from "../support/audit.ts";
import { openTestDatabase } from "../support/database.ts";

const origin = { ip: null, userAgent: null, correlationId: "test" };

function viewerOf(id: string, role: "USER" | "ADMIN" = "USER"): Viewer {
  return { type: "USER", id, username: id, role, sessionId: "session_1", permissions: ROLE_PERMISSIONS[role], origin };
}

function createService(database: Database) {
  return new AuditEventService({
    events: new AuditEventRepository(database),
    requirePermission,
    recordRead: createReadRecorder(openAuditLog(database), systemClock),
  });
}

/** Ada tests her credential, Bob reveals Ada's, Bob tests his own, and a sync of nobody's ends. */
async function openTrail() {
  const database = await openTestDatabase();
  const audit = openAuditLog(database);
  await audit.record(entryOf("user_ada"));
  await audit.record(entryOf("user_bob", { action: "CREDENTIAL_REVEALED", ownerId: "user_ada" }));
  await audit.record(entryOf("user_bob", { target: { type: "Credential", id: "credential_2" } }));
  await audit.record(entryOf("user_eve", { action: "SYNC_ENDED", ownerId: null }));
  const service = createService(database);
  const read = async (viewer: Viewer, filter = {}) => {
    const page = await service.findPage(viewer, filter, {});
    expect(await page.countAll()).toBe(page.rows.length);
    return page.rows.map(({ action, actorId }) => `${action} by ${actorId}`);
  };
  return { service, read };
}

test("a user sees what they did and what happened to their things, newest first", async () => {
  const { read } = await openTrail();
  expect(await read(viewerOf("user_ada"))).toEqual(["CREDENTIAL_REVEALED by user_bob", "CREDENTIAL_TESTED by user_ada"]);
  expect(await read(viewerOf("user_bob"))).toEqual(["CREDENTIAL_TESTED by user_bob", "CREDENTIAL_REVEALED by user_bob"]);
  expect(await read(viewerOf("user_new"))).toEqual([]);
});

test("a list of more actions than there can be is refused by name", async () => {
  const { read } = await openTrail();
  const actions = (count: number) => Array.from({ length: count }, (_, place) => `ACTION_${place}`);
  expect(await read(viewerOf("user_ada"), { actions: [...actions(99), "CREDENTIAL_TESTED"] })).toHaveLength(1);
  await expect(read(viewerOf("user_ada"), { actions: actions(9_000) })).rejects.toMatchObject({
    code: "BAD_USER_INPUT",
    field: "actions",
  });
});

test("an administrator sees everything, that they look at it first", async () => {
  const { read } = await openTrail();
  expect(await read(viewerOf("user_admin", "ADMIN"))).toEqual([
    "AUDIT_READ by user_admin",
    "SYNC_ENDED by user_eve",
    "CREDENTIAL_TESTED by user_bob",
    "CREDENTIAL_REVEALED by user_bob",
    "CREDENTIAL_TESTED by user_ada",
  ]);
});

test("an administrator who asks for one event by its id is on record as well", async () => {
  const { service, read } = await openTrail();
  expect(await service.findById(viewerOf("user_admin", "ADMIN"), makeId("event"))).toBeNull();
  expect((await read(viewerOf("user_other", "ADMIN"))).slice(0, 2)).toEqual([
    "AUDIT_READ by user_other",
    "AUDIT_READ by user_admin",
  ]);
});

test("a caller without `audit:read` is refused, anonymous ones as unauthenticated", async () => {
  const { service } = await openTrail();
  const anonymous: Viewer = { type: "ANONYMOUS", id: null, permissions: ANONYMOUS_PERMISSIONS, origin };
  const limited: Viewer = { ...viewerOf("user_ada"), permissions: new Set(["audit:read-all"]) } as Viewer;
  await expect(service.findPage(anonymous, {}, {})).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await expect(service.findById(anonymous, makeId("event"))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await expect(service.findPage(limited, {}, {})).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("filters narrow what is visible and never widen it", async () => {
  const { read } = await openTrail();
  const ada = viewerOf("user_ada");
  expect(await read(ada, { action: "CREDENTIAL_REVEALED" })).toEqual(["CREDENTIAL_REVEALED by user_bob"]);
  expect(await read(ada, { actorId: "user_ada", targetId: "credential_1" })).toEqual(["CREDENTIAL_TESTED by user_ada"]);
  for (const filter of [
    { actorId: "user_eve" },
    { targetId: "credential_2" },
    { action: "NO_SUCH" },
    { actorId: "\0" },
    { action: "" },
  ]) {
    expect(await read(ada, filter)).toEqual([]);
  }
});

test("pages follow each other without gap or repetition while new events come in", async () => {
  const database = await openTestDatabase();
  const audit = openAuditLog(database);
  for (let index = 0; index < 25; index += 1)
    await audit.record(entryOf("user_ada", { target: { type: "Test", id: `${index}` } }));
  const service = createService(database);
  const found: (string | null)[] = [];
  let after: string | null = null;
  let hasNextPage = true;
  while (hasNextPage) {
    const page = await service.findPage(viewerOf("user_ada"), {}, { first: 10, after });
    found.push(...page.rows.map(({ targetId }) => targetId));
    after = encodeCursor(page.rows.at(-1)?.id ?? "");
    hasNextPage = page.hasNextPage;
    await audit.record(entryOf("user_ada"));
  }
  expect(found).toEqual(Array.from({ length: 25 }, (_, index) => `${24 - index}`));
});

test("a cursor of another list is refused by name", async () => {
  const { service } = await openTrail();
  for (const key of [makeId("credential"), "event_1", "x\0"]) {
    await expect(service.findPage(viewerOf("user_ada"), {}, { after: encodeCursor(key) })).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
      field: "after",
    });
  }
});

test("an event is found by its id only by who may see it", async () => {
  const { service } = await openTrail();
  const admin = viewerOf("user_admin", "ADMIN");
  const { rows } = await service.findPage(admin, { actorId: "user_eve" }, {});
  const id = rows[0]?.id ?? "";
  expect(await service.findById(admin, id)).toEqual(rows[0]);
  expect(await service.findById(viewerOf("user_eve"), id)).toEqual(rows[0]);
  expect(await service.findById(viewerOf("user_ada"), id)).toBeNull();
  expect(await service.findById(admin, makeId("event"))).toBeNull();
  expect(await service.findById(admin, makeId("credential"))).toBeNull();
});
