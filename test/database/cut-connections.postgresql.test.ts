import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openTestDatabase } from "../support/database.ts";

const OWN = "SELECT pg_backend_pid() AS pid";
const END = "SELECT pg_terminate_backend($1)::text";
/** Longer than the server takes to tell the connection's other end. */
const TOLD_MS = 300;

test("a server that ends between two statements of a transaction fails that transaction alone", async () => {
  const database = await openTestDatabase();
  const end = async (pid: number | undefined) => {
    await database.select(END, [pid ?? 0]);
    await sleep(TOLD_MS);
  };
  const prepared = database.transact(async ({ run }) => {
    const [own] = await run<{ pid: number }>(OWN, []);
    await end(own?.pid);
    return run(OWN, []);
  });
  await expect(prepared).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const built = database.transaction(async (transaction) => {
    const [own] = await transaction.$queryRawUnsafe<{ pid: number }[]>(OWN);
    await end(own?.pid);
    return transaction.$queryRawUnsafe(OWN);
  });
  await expect(built).rejects.toThrow();
  expect(await database.transact(({ run }) => run(OWN, []))).toHaveLength(1);
  expect(await database.transaction((transaction) => transaction.$queryRawUnsafe(OWN))).toHaveLength(1);
});
