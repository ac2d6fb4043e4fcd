import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createTestStore } from "../support/database.ts";
import { startGateway } from "../support/gateway.ts";

type Rotation = { isRunning: boolean; rewrapped: number; total: number; unreadable: number | null; finishedAt: string | null };
type Key = { id: string; isPrimary: boolean; sealedRecords: number };
type Gateway = Awaited<ReturnType<typeof startGateway>>;

const START = "mutation { startKeyRotation { keyRotation { isRunning } userErrors { code } } }";
const READ = "{ keys { id isPrimary sealedRecords } keyRotation { isRunning rewrapped total unreadable startedAt finishedAt } }";

async function read(gateway: Gateway, token: string) {
  return (await gateway.query(READ, {}, token)).data as { keys: Key[]; keyRotation: Rotation | null };
}

async function readWhenOver(gateway: Gateway, token: string) {
  for (;;) {
    const state = await read(gateway, token);
    if (state.keyRotation?.finishedAt != null) return state;
    await sleep(50);
  }
}

test("an administrator rotates the keys: every record is wrapped by the new one, every node tells how far it is, and both ends are on record", async () => {
  const store = await createTestStore("started");
  const gateway = await startGateway({}, store);
  const elsewhere = await startGateway({}, store);
  const admin = await gateway.signInAdministrator();
  const before = await read(gateway, admin);
  expect(before.keyRotation).toBeNull();
  const [old] = before.keys;

  const starting = gateway.query(START, {}, admin);
  expect((await starting).data).toMatchObject({ startKeyRotation: { userErrors: [] } });
  const after = await readWhenOver(elsewhere, admin);
  const { total } = after.keyRotation as Rotation;
  expect(total).toBeGreaterThan(0);
  expect(after.keyRotation).toMatchObject({ isRunning: false, rewrapped: total, unreadable: 0 });
  expect(after.keys.map(({ id, isPrimary, sealedRecords }) => [id === old?.id, isPrimary, sealedRecords])).toEqual([
    [true, false, 0],
    [false, true, total],
  ]);
  const events = await gateway.services.database.client.auditEvent.findMany({
    where: { action: { startsWith: "KEY_RING_" } },
    orderBy: { createdAt: "asc" },
  });
  expect(events.map(({ action, actorType }) => [action, actorType])).toEqual([
    ["KEY_RING_ROTATION_STARTED", "USER"],
    ["KEY_RING_ROTATED", "USER"],
    ["KEY_RING_REWRAPPED", "USER"],
  ]);
  await elsewhere.close();
  await gateway.close();
  await store.remove();
});

test("of two rotations that are started at once on two nodes one is refused, and no third key comes of it", async () => {
  const store = await createTestStore("started");
  const nodes = [await startGateway({}, store), await startGateway({}, store)] as const;
  const admin = await nodes[0].signInAdministrator();
  const answers = await Promise.all(nodes.map((node) => node.query(START, {}, admin)));
  const codes = answers.map(
    ({ data }) => (data as { startKeyRotation: { userErrors: { code: string }[] } }).startKeyRotation.userErrors,
  );
  expect(codes.flat()).toEqual([{ code: "ROTATION_RUNNING" }]);
  expect((await readWhenOver(nodes[0], admin)).keys).toHaveLength(2);
  await nodes[1].close();
  await nodes[0].close();
  await store.remove();
});

test("a ring that comes from KEY_RING is not rotated: the answer says where to change it, and the next one may try again", async () => {
  const first = await startGateway();
  const json = readFileSync(first.services.config.keyRingFile, "utf8");
  await first.close();
  const gateway = await startGateway({ KEY_RING: json });
  const admin = await gateway.signInAdministrator();
  const refusal = { startKeyRotation: { keyRotation: null, userErrors: [{ code: "KEY_RING_UNCHANGED" }] } };
  expect((await gateway.query(START, {}, admin)).data).toEqual(refusal);
  expect((await gateway.query(START, {}, admin)).data).toEqual(refusal);
  expect((await read(gateway, admin)).keyRotation).toBeNull();
});
