import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createLeases, LeaseLostError } from "../../src/database/leases.ts";
import { openTestDatabase } from "../support/database.ts";

async function openNodes() {
  const database = await openTestDatabase();
  return { database, first: createLeases({ database, holder: "first" }), second: createLeases({ database, holder: "second" }) };
}

test("a lease is held by one at a time and passes on when it is released", async () => {
  const { first, second } = await openNodes();
  const lease = await first.acquire("work", 60_000);
  expect(lease).toEqual({ name: "work", fencingToken: 1 });
  expect(await second.acquire("work", 60_000)).toBeNull();
  expect(await second.acquire("other work", 60_000)).toEqual({ name: "other work", fencingToken: 1 });
  if (lease !== null) await first.release(lease);
  expect(await second.acquire("work", 60_000)).toMatchObject({ name: "work", fencingToken: 3 });
});

test("of many that ask at once one gets the lease", async () => {
  const { first, second } = await openNodes();
  const asked = Array.from({ length: 20 }, (_, index) => (index % 2 ? first : second).acquire("work", 60_000));
  expect((await Promise.all(asked)).filter((lease) => lease !== null)).toHaveLength(1);
});

test("a lease that ran out goes to the next one with a greater token, and the old holder can neither renew nor write", async () => {
  const { database, first, second } = await openNodes();
  const old = await first.acquire("work", 50);
  if (old === null) throw new Error("The free lease was refused.");
  await sleep(100);
  const current = await second.acquire("work", 60_000);
  if (current === null) throw new Error("The lease that ran out was refused.");

  expect(current.fencingToken).toBeGreaterThan(old.fencingToken);
  expect(await first.renew(old, 60_000)).toBe(false);
  await first.release(old);
  await expect(database.transaction((transaction) => first.assertHeld(transaction, old))).rejects.toThrow(LeaseLostError);
  await database.transaction((transaction) => second.assertHeld(transaction, current));
  await expect(database.transact((transaction) => first.assertHeldIn(transaction, old))).rejects.toThrow(LeaseLostError);
  await database.transact((transaction) => second.assertHeldIn(transaction, current));
});

test("a lease that a clock ahead has written is taken over at once, and its holder notices", async () => {
  const { database, first, second } = await openNodes();
  const lease = await first.acquire("work", 10_000);
  if (lease === null) throw new Error("The free lease was refused.");
  expect(await second.acquire("work", 10_000)).toBeNull();
  await database.client.lease.update({ where: { name: "work" }, data: { expiresAt: new Date("2036-01-01") } });
  expect(await second.acquire("work", 10_000)).toMatchObject({ name: "work" });
  await expect(database.transaction((transaction) => first.assertHeld(transaction, lease))).rejects.toThrow(LeaseLostError);
});

test("renewing keeps a lease beyond its first end, and a released one cannot be renewed", async () => {
  const { first, second } = await openNodes();
  const lease = await first.acquire("work", 200);
  if (lease === null) throw new Error("The free lease was refused.");
  expect(await first.renew(lease, 60_000)).toBe(true);
  await sleep(300);
  expect(await second.acquire("work", 60_000)).toBeNull();
  await first.release(lease);
  expect(await first.renew(lease, 60_000)).toBe(false);
});

test("nobody can take a lease while a transaction that asserted it is still open", async () => {
  const { database, first, second } = await openNodes();
  const lease = await first.acquire("work", 50);
  if (lease === null) throw new Error("The free lease was refused.");
  await sleep(100);
  const order: string[] = [];
  const writing = database.transaction(async (transaction) => {
    await first.assertHeld(transaction, lease);
    await sleep(200);
    order.push("written");
  });
  await sleep(50);
  const taking = second.acquire("work", 60_000).then(() => order.push("taken"));
  await Promise.all([writing, taking]);
  expect(order).toEqual(["written", "taken"]);
});
