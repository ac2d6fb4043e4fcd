import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { asStoreError, type Database, isUniqueViolation } from "../../src/database/database.ts";
import { openTestDatabase } from "../support/database.ts";

const isPostgresql = process.env.TEST_DATABASE === "postgresql";
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

describe("a transaction of prepared statements", () => {
  const lease = {
    name: "Lease",
    columns: [
      { name: "name", type: "TEXT" },
      { name: "holder", type: "TEXT" },
      { name: "fencingToken", type: "INTEGER" },
      { name: "expiresAt", type: "TIME" },
    ],
    conflict: `ON CONFLICT ("name") DO UPDATE SET "holder" = excluded."holder" WHERE "Lease"."holder" <> excluded."holder"`,
  } as const;
  const rowsOf = ({ select }: Database) => select('SELECT "name", "holder" FROM "Lease" ORDER BY "name"', []);

  it("says how many rows it wrote, and shows nothing of itself to others before it is over", async () => {
    const database = await openTestDatabase();
    await database.insert(lease, [["old", "ada", 1, now]]);
    let seen: Promise<readonly unknown[]> | undefined;
    const written = await database.transact(async (transaction) => {
      const count = await transaction.insert(lease, [
        ["old", "bob", 2, now],
        ["new", "ada", 1, now],
      ]);
      seen = rowsOf(database);
      return [count, await transaction.insert(lease, [["old", "bob", 3, now]]), await transaction.run('SELECT 1 AS "one"', [])];
    });
    expect(written).toEqual([2, 0, [{ one: 1 }]]);
    const after = [
      { name: "new", holder: "ada" },
      { name: "old", holder: "bob" },
    ];
    expect([[{ name: "old", holder: "ada" }], after]).toContainEqual(await seen);
    expect(await rowsOf(database)).toEqual(after);
  });

  it("that fails leaves nothing behind, says why in its own words, and the next one works", async () => {
    const database = await openTestDatabase();
    const failing = (end: () => Promise<unknown>) =>
      database.transact(async (transaction) => {
        await transaction.insert(lease, [["doomed", "ada", 1, now]]);
        await end();
      });
    await expect(failing(() => Promise.reject(new RangeError("changed my mind")))).rejects.toThrow(RangeError);
    await expect(database.transact(({ run }) => run('SELECT "nothing" FROM "Lease"', []))).rejects.not.toMatchObject({
      code: "UNAVAILABLE",
    });
    await failing(async () => {});
    expect(await rowsOf(database)).toEqual([{ name: "doomed", holder: "ada" }]);
  });
});

describe("the client", () => {
  it("finds nothing by a text with a NUL, or says that no text has one", async () => {
    const { client, select } = await openTestDatabase();
    const sql = 'SELECT "id" FROM "User" WHERE "id" = $1';
    const outcomes = [client.user.findMany({ where: { username: "a\0" } }), select(sql, ["a\0"])].map((work) =>
      work.then(
        (rows): unknown => rows,
        (error: unknown) => asStoreError(error),
      ),
    );
    const expected = isPostgresql ? expect.objectContaining({ code: "BAD_USER_INPUT" }) : [];
    expect(await Promise.all(outcomes)).toEqual([expected, expected]);
  });

  it("tells a taken unique key from other failures", async () => {
    const database = await openTestDatabase();
    await database.client.user.create({ data: userRow("ada") });
    const error = await database.client.user
      .create({ data: { ...userRow("eve"), canonicalName: "ada" } })
      .catch((thrown: unknown) => thrown);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(new Error("P2002"))).toBe(false);
  });

  it("takes nothing that belongs to a row that is gone, and calls it a conflict", async () => {
    const { client } = await openTestDatabase();
    const times = { createdAt: now, lastUsedAt: now, expiresAt: now };
    const orphan = client.session.create({ data: { id: "session_1", userId: "user_gone", kind: "BEARER", ...times } });
    const error = await orphan.catch((thrown: unknown) => asStoreError(thrown));
    expect(error).toMatchObject({ code: "CONFLICT", message: "What this belongs to was deleted at the same time." });
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

if (isPostgresql) {
  const RAISE = 'UPDATE "Lease" SET "fencingToken" = "fencingToken" + 1 WHERE "name" = $1 RETURNING 1 AS "raised"';
  type Raise = (name: string) => Promise<unknown>;
  const WAYS: Readonly<Record<string, (database: Database, work: (raise: Raise) => Promise<void>) => Promise<void>>> = {
    "of models": ({ transaction }, work) =>
      transaction(({ lease }) => work((name) => lease.update({ where: { name }, data: { fencingToken: { increment: 1 } } }))),
    "of models with statements of their own": ({ transaction }, work) =>
      transaction((within) => work((name) => within.$queryRawUnsafe(RAISE, name))),
    "of prepared statements": ({ transact }, work) => transact(({ run }) => work((name) => run(RAISE, [name]))),
  };

  it.each(Object.entries(WAYS))(
    "of transactions %s that wait for each other's rows the store undoes one, which is done again and stands in the end",
    async (_, transactionOf) => {
      const database = await openTestDatabase();
      const names = ["one", "other"] as const;
      for (const name of names) {
        await database.client.lease.create({ data: { name, holder: "h", fencingToken: 0, expiresAt: now } });
      }
      let holding = 0;
      let letGo = () => {};
      const bothHold = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const raiseBoth = (first: string, second: string) =>
        transactionOf(database, async (raise) => {
          await raise(first);
          holding += 1;
          if (holding === 2) letGo();
          await bothHold;
          await raise(second);
        });
      await Promise.all([raiseBoth("one", "other"), raiseBoth("other", "one")]);
      expect(holding).toBe(3);
      expect((await database.client.lease.findMany()).map(({ fencingToken }) => fencingToken)).toEqual([2, 2]);
    },
  );

  describe("a prepared read", () => {
    it("whose connection is cut is the store's absence, and the next one works", async () => {
      const { select } = await openTestDatabase();
      const cut = select("SELECT pg_terminate_backend(pg_backend_pid())", []);
      await expect(cut).rejects.toMatchObject({ name: "GatewayError", code: "UNAVAILABLE" });
      expect(await select('SELECT 1 AS "one"', [])).toEqual([{ one: 1 }]);
    });

    it("goes on when a newer node's migration adds a column to what it reads", async () => {
      const { client, select } = await openTestDatabase();
      await client.lease.create({ data: { name: "x", holder: "ada", fencingToken: 1, expiresAt: now } });
      const read = () => select('SELECT * FROM "Lease"', []);
      const [before] = await read();
      await client.$executeRaw`ALTER TABLE "Lease" ADD COLUMN "later" TEXT`;
      expect(await read()).toEqual([{ ...(before as object), later: null }]);
    });
  });
}
