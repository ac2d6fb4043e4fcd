import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type Database, isUniqueViolation } from "../../src/database/database.ts";
import { openTestDatabase } from "../support/database.ts";

const now = new Date("2026-11-21T00:00:00.000Z");
const userRow = (name: string) => ({ id: `user_${name}`, username: name, canonicalName: name, createdAt: now, updatedAt: now });
const countUsers = ({ client }: Database) => client.user.count();

describe("a transaction", () => {
  it("that is rolled back takes nobody else's acknowledged write with it", async () => {
    const database = await openTestDatabase();
    let release = () => {};
    const isHeld = new Promise<void>((resolve) => {
      release = resolve;
    });
    const doomed = database
      .transaction(async (transaction) => {
        await transaction.user.create({ data: userRow("doomed") });
        await isHeld;
        throw new Error("changed my mind");
      })
      .catch((error: Error) => error.message);
    const other = database.client.user.create({ data: userRow("other") });
    release();
    await other;
    expect(await doomed).toBe("changed my mind");
    expect((await database.client.user.findMany()).map(({ username }) => username)).toEqual(["other"]);
  });

  it("shows nothing of itself to others before it is over", async () => {
    const database = await openTestDatabase();
    await database.transaction(async (transaction) => {
      await transaction.user.create({ data: userRow("ada") });
      expect(await countUsers(database)).toBe(0);
    });
    expect(await countUsers(database)).toBe(1);
  });

  it("waits its turn beside a hundred others, and none is lost", async () => {
    const database = await openTestDatabase();
    await database.client.lease.create({ data: { name: "n", holder: "h", fencingToken: 0, expiresAt: now } });
    await Promise.all(
      Array.from({ length: 100 }, () =>
        database.transaction(async (transaction) => {
          await transaction.lease.update({ where: { name: "n" }, data: { fencingToken: { increment: 1 } } });
        }),
      ),
    );
    expect((await database.client.lease.findUniqueOrThrow({ where: { name: "n" } })).fencingToken).toBe(100);
  });
});

describe("the client", () => {
  it("tells a taken unique key from other failures", async () => {
    const database = await openTestDatabase();
    await database.client.user.create({ data: userRow("ada") });
    const error = await database.client.user
      .create({ data: { ...userRow("eve"), canonicalName: "ada" } })
      .catch((thrown: unknown) => thrown);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(new Error("P2002"))).toBe(false);
  });

  it("refuses an undefined condition instead of dropping it", async () => {
    const database = await openTestDatabase();
    await database.client.user.create({ data: userRow("ada") });
    await expect(database.client.user.findFirst({ where: { email: undefined } })).rejects.toThrow(/undefined/);
  });
});

describe("authoring a migration", () => {
  it("needs a name, and writes nothing without one", () => {
    const { status, stderr } = spawnSync(process.execPath, ["prisma/new-migration.mjs"], { encoding: "utf8" });
    expect([status, stderr]).toEqual([64, expect.stringContaining("usage: npm run migration -- NAME")]);
  });
});
