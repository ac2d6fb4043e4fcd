import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { createNotifications } from "../../src/database/notifications.ts";
import { createTestStore } from "../support/database.ts";

const isPostgresql = process.env.TEST_DATABASE === "postgresql";

async function openStore() {
  const store = await createTestStore("migrated");
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  onTestFinished(async () => {
    await database.close();
    await store.remove();
  });
  const openNode = async (url = store.databaseUrl) => {
    const notifications = createNotifications({ database, url });
    onTestFinished(() => notifications.close());
    const heard: string[] = [];
    notifications.subscribe("news", { onMessage: (payload) => heard.push(payload), onGap: () => heard.push("gap") });
    return { notifications, heard };
  };
  const openLiveNode = async () => {
    const node = await openNode();
    await vi.waitFor(() => expect(node.notifications.isLive()).toBe(true), { timeout: 5_000 });
    node.heard.length = 0;
    return node;
  };
  return { database, databaseUrl: store.databaseUrl, openNode, openLiveNode };
}

test("what a node publishes reaches the subscribers of the channel, itself included, until they end", async () => {
  const { openLiveNode } = await openStore();
  const { notifications, heard } = await openLiveNode();
  const more: string[] = [];
  const end = notifications.subscribe("news", { onMessage: (payload) => more.push(payload), onGap: () => {} });
  await notifications.publish("other", "not for news");
  await notifications.publish("news", "one: with a colon");
  await vi.waitFor(() => expect(heard).toEqual(["one: with a colon"]));
  end();
  await notifications.publish("news", "two");
  await vi.waitFor(() => expect(heard).toEqual(["one: with a colon", "two"]));
  expect(more).toEqual(["one: with a colon"]);
});

test("what is published in a transaction is told after its commit", async () => {
  const { database, openLiveNode } = await openStore();
  const { notifications, heard } = await openLiveNode();
  await database.transaction(async (transaction) => {
    await transaction.keyCheck.create({ data: { keyId: "k", check: Buffer.of(1), createdAt: new Date() } });
    await notifications.publish("news", "stored", transaction);
    await sleep(100);
    expect(heard).toEqual([]);
  });
  await vi.waitFor(() => expect(heard).toEqual(["stored"]));
});

test("a payload that is too long and a channel with other characters are refused", async () => {
  const { openLiveNode } = await openStore();
  const { notifications } = await openLiveNode();
  await expect(notifications.publish("news", "ü".repeat(1_001))).rejects.toThrow(RangeError);
  await expect(notifications.publish("a:b", "x")).rejects.toThrow(RangeError);
});

if (isPostgresql)
  describe("between nodes", () => {
    test("nodes hear each other", async () => {
      const { openLiveNode } = await openStore();
      const [one, other] = [await openLiveNode(), await openLiveNode()];
      await one.notifications.publish("news", "hello");
      await vi.waitFor(() => expect(other.heard).toEqual(["hello"]));
    });

    test("a cut connection is told as a gap, and after it all is heard again", async () => {
      const { databaseUrl, openLiveNode } = await openStore();
      const { notifications, heard } = await openLiveNode();
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'NOTIFY postern_%'");
      await client.end();
      await vi.waitFor(() => expect(notifications.isLive()).toBe(false), { interval: 5 });
      await vi.waitFor(() => expect(notifications.isLive()).toBe(true), { timeout: 5_000 });
      await notifications.publish("news", "after");
      await vi.waitFor(() => expect(heard).toEqual(["gap", "after"]));
    });

    test("a node without a connection is not live and closes at once", async () => {
      const { openNode } = await openStore();
      const { notifications } = await openNode("postgresql://nobody@127.0.0.1:1/none");
      await sleep(1_200);
      expect(notifications.isLive()).toBe(false);
      await notifications.close();
    });
  });
