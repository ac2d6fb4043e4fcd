import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createCredentialVersionSource } from "../../src/credentials/credential-version.sealed-source.ts";
import { openDatabase } from "../../src/database/database.ts";
import { createKeyCheckRepository } from "../../src/database/key-check.repository.ts";
import { systemClock } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { createKeyRotation } from "../../src/keys/rotation.ts";
import { createAccessTokenSource } from "../../src/upstream/access-token.sealed-source.ts";
import type { IssuedToken } from "../../src/upstream/access-token-broker.ts";
import { LOGIN_LEASE_MS } from "../../src/upstream/access-token-source.ts";
import { ConnectionError, type ConnectionErrorCode } from "../../src/upstream/connection-error.ts";
import { retry } from "../../src/upstream/retry.ts";
import { createTestStore } from "../support/database.ts";
import { createRingPath, createTestRing } from "../support/key-ring.ts";
import { type Answer, type Answering, startMisbehavingServer } from "../support/misbehaving-server.ts";
import { sealCredentials, unrecorded } from "../support/sealed-credentials.ts";
import { startTokenNode } from "../support/token-node.ts";
import { runTokenProcess } from "../support/token-process-runner.ts";

/** What the slow upstream takes; 15,000 to see the same with the slowest upstream that is foreseen. */
const SLOW_MS = Number(process.env.SLOW_LOGIN_MS ?? 1_500);

const isPostgresql = process.env.TEST_DATABASE === "postgresql";
const json = (body: unknown, status = 200, headers = {}): Answer => ({ status, headers, body: JSON.stringify(body) });
let granted = 0;
/** Gives a token that it never gave before. */
const grant: Answering = () => {
  granted += 1;
  return json({ statusCode: 200, accessToken: `canary-token-${granted}` });
};

/** An upstream that counts its logins, a store with credentials, and as many nodes as are asked for. */
async function openStore({ credentials = 1, answering = grant } = {}) {
  const store = await createTestStore("migrated");
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  onTestFinished(async () => {
    await database.close();
    await store.remove();
  });
  const ringFile = createRingPath();
  const ring = createTestRing(ringFile);
  await sealCredentials(database, createEnvelope(ring), credentials);
  const ids = (await database.client.credential.findMany({ select: { id: true } })).map(({ id }) => id);
  const upstream = await startMisbehavingServer(answering);
  const clock = { time: Date.now(), now: () => new Date(clock.time) };
  const startNode = async (leaseMs = LOGIN_LEASE_MS) => {
    const loginUrl = `${upstream.origin}/login`;
    const node = startTokenNode({ database, databaseUrl: store.databaseUrl, ring, clock, loginUrl, leaseMs });
    onTestFinished(node.close);
    await vi.waitFor(() => expect(node.notifications.isLive()).toBe(true), { timeout: 5_000 });
    return node.broker;
  };
  return { store, database, ring, ringFile, ids, id: ids[0] ?? "", upstream, clock, startNode };
}

const slowly =
  (answering: Answering, ms = SLOW_MS): Answering =>
  async (request) => {
    await sleep(ms);
    return answering(request);
  };

async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => {
      throw new Error("It did not fail");
    },
    (reason: ConnectionError) => reason,
  );
  const { code, message, retryAfterSeconds } = error;
  return { code, message, retryAfterSeconds };
}

const VERSION = { version: 1 };
const tokensOf = (issued: readonly IssuedToken[]) => [...new Set(issued.map(({ accessToken }) => accessToken))];

describe("one login", () => {
  test("serves 1,000 callers at once, however long the upstream takes", { timeout: SLOW_MS + 30_000 }, async () => {
    const { id, upstream, startNode } = await openStore({ answering: slowly(grant) });
    const broker = await startNode();
    const issued = await Promise.all(Array.from({ length: 1_000 }, () => broker.issue(id, VERSION)));
    expect([upstream.requests.length, tokensOf(issued).length]).toEqual([1, 1]);
    expect(await broker.issue(id, VERSION)).toMatchObject({ accessToken: issued[0]?.accessToken, isCached: true });
    expect(upstream.requests).toHaveLength(1);
  });

  test("is made for each of 100 users at once", async () => {
    const { ids, upstream, startNode } = await openStore({ credentials: 100, answering: slowly(grant, 200) });
    const broker = await startNode();
    const issued = await Promise.all(ids.map((id) => broker.issue(id, VERSION)));
    expect([upstream.requests.length, tokensOf(issued).length]).toEqual([100, 100]);
    const bodies = upstream.requests.map(({ body }) => (JSON.parse(body) as { email: string }).email);
    expect(new Set(bodies)).toEqual(new Set(ids.map((id) => `${id}@example.com`)));
  });

  test("serves the callers of two nodes, also when its token is not to be kept", { timeout: SLOW_MS + 30_000 }, async () => {
    const expiring = `e30.${Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1_000) + 25 })).toString("base64url")}.sig`;
    const { id, upstream, startNode } = await openStore({
      answering: slowly(() => json({ statusCode: 200, accessToken: expiring }), Math.min(SLOW_MS, 3_000)),
    });
    const brokers = [await startNode(), await startNode()];
    const issued = await Promise.all(brokers.flatMap((broker) => Array.from({ length: 100 }, () => broker.issue(id, VERSION))));
    expect([upstream.requests.length, tokensOf(issued)]).toEqual([1, [expiring]]);
    await brokers[0]?.issue(id, VERSION);
    expect(upstream.requests).toHaveLength(2);
  });

  test("that fails is told to the callers of both nodes, and is not made again by the other", async () => {
    const { id, upstream, startNode } = await openStore({ answering: slowly(() => json({}, 401), 500) });
    const brokers = [await startNode(), await startNode()];
    const failures = await Promise.all(brokers.map((broker) => failureOf(broker.issue(id, VERSION))));
    expect(failures.map(({ code }) => code)).toEqual(["CREDENTIAL_REJECTED", "CREDENTIAL_REJECTED"]);
    expect(upstream.requests).toHaveLength(1);
  });

  test("whose process is killed is made by another node within 15 seconds", { timeout: 60_000 }, async () => {
    const { store, id, ringFile, upstream, startNode } = await openStore({ answering: () => new Promise(() => {}) });
    // A shorter lease, not to wait for nothing: what a take-over takes beyond the lease stays the same.
    const leaseMs = 2_000;
    const broker = await startNode(leaseMs);
    const holder = await runTokenProcess({ store, ringFile, loginUrl: `${upstream.origin}/login`, leaseMs, credentialId: id });
    await vi.waitFor(() => expect(upstream.requests).toHaveLength(1), { timeout: 20_000 });
    const issuing = broker.issue(id, VERSION);
    await sleep(300);
    upstream.behave(grant);
    const killedAt = performance.now();
    expect(await holder.kill()).toBe("SIGKILL");
    expect((await issuing).accessToken).toMatch(/^canary-token-/);
    expect(performance.now() - killedAt - leaseMs + LOGIN_LEASE_MS).toBeLessThan(15_000);
    expect(upstream.requests).toHaveLength(2);
  });
});

describe("a token", () => {
  test("is cached for 480 seconds or until its own end less 30, and shared with a node that starts later", async () => {
    const { id, clock, upstream, startNode } = await openStore();
    const first = await (await startNode()).issue(id, VERSION);
    const other = await startNode();
    expect(await other.issue(id, VERSION)).toEqual({ ...first, isCached: true });
    clock.time += 470_000;
    expect(await other.issue(id, VERSION)).toEqual({ ...first, isCached: true });
    clock.time += 11_000;
    expect(await other.issue(id, VERSION)).toMatchObject({ isCached: false });
    expect(upstream.requests).toHaveLength(2);
  });

  test("is fresh when asked for by force, of one login for all who do so at once", async () => {
    const { id, upstream, startNode } = await openStore({ answering: slowly(grant, 200) });
    const broker = await startNode();
    const first = await broker.issue(id, VERSION);
    const forced = await Promise.all(Array.from({ length: 50 }, () => broker.issue(id, { ...VERSION, forceRefresh: true })));
    expect([upstream.requests.length, tokensOf(forced).length]).toEqual([2, 1]);
    expect(tokensOf(forced)).not.toContain(first.accessToken);
    expect(await broker.issue(id, VERSION)).toMatchObject({ accessToken: forced[0]?.accessToken, isCached: true });
  });

  test("of an older version of the credential is not given, in memory or in the store", async () => {
    const { id, database, upstream, startNode } = await openStore();
    const broker = await startNode();
    await broker.issue(id, VERSION);
    await database.client.credential.update({ where: { id }, data: { version: 2 } });
    expect(await broker.issue(id, { version: 2 })).toMatchObject({ isCached: false });
    expect(await broker.issue(id, { version: 2 })).toMatchObject({ isCached: true });
    expect(upstream.requests).toHaveLength(2);
  });

  test("that the upstream refuses many times is forgotten once", async () => {
    const { id, upstream, startNode } = await openStore();
    const broker = await startNode();
    const { generation } = await broker.issue(id, VERSION);
    const renewed = async () => {
      await broker.invalidate(id, generation);
      return broker.issue(id, VERSION);
    };
    const issued = await Promise.all(Array.from({ length: 20 }, renewed));
    const later = await renewed();
    expect(tokensOf([...issued, later])).toHaveLength(1);
    expect(upstream.requests).toHaveLength(2);
  });

  test("of a login that began before an invalidation is handed to nobody who asks after it", async () => {
    const { id, database, upstream, startNode } = await openStore({ answering: slowly(grant, 1_000) });
    const broker = await startNode();
    const early = broker.issue(id, VERSION);
    await vi.waitFor(() => expect(upstream.requests).toHaveLength(1));
    await broker.invalidate(id);
    const late = await broker.issue(id, VERSION);
    expect(upstream.requests).toHaveLength(2);
    expect((await early).accessToken).toBe(late.accessToken);
    expect(await database.client.accessToken.findUnique({ where: { credentialId: id } })).toMatchObject({
      generation: 1,
      attempts: 1,
    });
  });

  test("is forgotten with all others of its owner", async () => {
    const { ids, database, upstream, startNode } = await openStore({ credentials: 3 });
    const broker = await startNode();
    for (const id of ids) await broker.issue(id, VERSION);
    const { ownerKey } = await database.client.credential.findFirstOrThrow();
    await broker.invalidateOwner(ownerKey);
    expect(await database.client.accessToken.count({ where: { keyId: { not: null } } })).toBe(0);
    for (const id of ids) expect(await broker.issue(id, VERSION)).toMatchObject({ isCached: false });
    expect(upstream.requests).toHaveLength(6);
  });

  test("of a credential that is deleted is gone from the store", async () => {
    const { id, database, startNode } = await openStore();
    const broker = await startNode();
    await broker.issue(id, VERSION);
    await database.client.credential.delete({ where: { id } });
    await broker.invalidate(id);
    expect(await database.client.accessToken.count()).toBe(0);
    await expect(broker.issue(id, VERSION)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("cannot be read in the store, and one that was moved there opens nowhere", async () => {
    const { ids, store, database, upstream, startNode } = await openStore({ credentials: 2 });
    const [one = "", two = ""] = ids;
    const issued = await Promise.all([one, two].map(async (id) => (await startNode()).issue(id, VERSION)));
    const dump = isPostgresql ? await dumpRows(store.databaseUrl) : dumpFiles(store.dataDir);
    expect(dump).toContain(one);
    const forms = issued.flatMap(({ accessToken }) => [
      accessToken,
      Buffer.from(accessToken).toString("base64"),
      Buffer.from(accessToken).toString("hex"),
    ]);
    expect(forms.filter((form) => dump.includes(form))).toEqual([]);

    const row = await database.client.accessToken.findUniqueOrThrow({ where: { credentialId: one } });
    const { keyId, wrappedKey, ciphertext, expiresAt } = row;
    await database.client.accessToken.update({
      where: { credentialId: two },
      data: { keyId, wrappedKey, ciphertext, expiresAt },
    });
    const { accessToken } = await (await startNode()).issue(two, VERSION);
    expect(issued.map((each) => each.accessToken)).not.toContain(accessToken);
    expect(upstream.requests).toHaveLength(3);
  });
});

test("a rotation of the keys re-wraps the cached tokens, and the old key can be removed", async () => {
  const { ids, database, ring, upstream, startNode } = await openStore({ credentials: 3 });
  const broker = await startNode();
  const before = await Promise.all(ids.map((id) => broker.issue(id, VERSION)));
  const rotation = createKeyRotation({
    ring,
    envelope: createEnvelope(ring),
    sources: [createCredentialVersionSource(database), createAccessTokenSource(database)],
    checks: createKeyCheckRepository(database, systemClock),
    onProgress: () => {},
    sleep: async () => {},
  });
  const old = ring.primary().id;
  await rotation.begin();
  expect(await rotation.rewrap()).toEqual({ rewrapped: 6, unreadable: 0 });
  await rotation.remove(old, unrecorded);
  const issued = [...(await Promise.all(ids.map((id) => broker.issue(id, VERSION))))];
  expect(issued.map(({ accessToken }) => accessToken)).toEqual(before.map(({ accessToken }) => accessToken));
  expect(upstream.requests).toHaveLength(3);
});

/** Everything in the database file, its log and its journals, as Latin-1 text. */
function dumpFiles(folder: string): string {
  return readdirSync(folder)
    .map((file) => readFileSync(path.join(folder, file), "latin1"))
    .join("");
}

async function dumpRows(url: string | undefined): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tables = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
  const rows = [];
  for (const { tablename } of tables.rows) rows.push((await client.query(`SELECT t::text AS row FROM "${tablename}" t`)).rows);
  await client.end();
  return JSON.stringify(rows);
}

describe("a rejected password", () => {
  test("is sent once and then not for 60 seconds, and callers are told why and for how long", async () => {
    const { id, clock, upstream, startNode } = await openStore({ answering: () => json({}, 401) });
    const brokers = [await startNode(), await startNode()];
    const [broker = await startNode(), other = broker] = brokers;
    const told = (seconds: number) => ({
      code: "CREDENTIAL_REJECTED",
      message: `The login API rejects the e-mail address or password. Postern does not ask it again for ${seconds} s or until the credential is changed.`,
      retryAfterSeconds: seconds,
    });
    const failures = await Promise.all(Array.from({ length: 100 }, () => failureOf(broker.issue(id, VERSION))));
    expect(failures).toEqual(failures.map(() => told(60)));
    clock.time += 59_000;
    expect(await failureOf(broker.issue(id, { ...VERSION, forceRefresh: true }))).toEqual(told(1));
    expect(await failureOf(other.issue(id, VERSION))).toEqual(told(1));
    expect(upstream.requests).toHaveLength(1);
    clock.time += 1_000;
    expect(await failureOf(other.issue(id, VERSION))).toEqual(told(60));
    expect(upstream.requests).toHaveLength(2);
  });

  test("is forgotten when the credential is changed", async () => {
    const { id, database, upstream, startNode } = await openStore({ answering: () => json({ statusCode: 401 }) });
    const broker = await startNode();
    await failureOf(broker.issue(id, VERSION));
    upstream.behave(grant);
    await database.client.credential.update({ where: { id }, data: { version: 2 } });
    expect(await broker.issue(id, { version: 2 })).toMatchObject({ isCached: false });
    expect(upstream.requests).toHaveLength(2);
  });
});

describe("an upstream that fails", () => {
  test("with 500 inside of 200 is asked three times, and its text is no token", async () => {
    const sentence = "Failed to generate token after retries";
    const { id, store, upstream, startNode } = await openStore({
      answering: () => json({ statusCode: 500, accessToken: sentence }),
    });
    const broker = await startNode();
    const failure = await failureOf(broker.issue(id, VERSION));
    expect([failure.code, upstream.requests.length]).toEqual(["UNREACHABLE", 3]);
    const dump = isPostgresql ? await dumpRows(store.databaseUrl) : dumpFiles(store.dataDir);
    expect(failure.message + dump).not.toContain(sentence);
    upstream.behave(grant);
    expect(await broker.issue(id, VERSION)).toMatchObject({ isCached: false });
  });

  test.each([
    ["a reset connection", "reset" as const],
    ["503", (() => json({}, 503)) as Answering],
  ])("with %s once is asked again, and the caller does not notice", async (_, fault) => {
    const { id, upstream, startNode } = await openStore();
    upstream.behave(fault);
    const issuing = (await startNode()).issue(id, VERSION);
    await vi.waitFor(() => expect(upstream.requests).toHaveLength(1), { interval: 5 });
    upstream.behave(grant);
    expect(await issuing).toMatchObject({ isCached: false });
    expect(upstream.requests).toHaveLength(2);
  });

  test("with 429 is asked again when it wishes", async () => {
    let isFirst = true;
    const { id, startNode } = await openStore({
      answering: (request) => {
        if (!isFirst) return grant(request);
        isFirst = false;
        return json({}, 429, { "retry-after": "1" });
      },
    });
    const begin = performance.now();
    await (await startNode()).issue(id, VERSION);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(990);
  });

  test("late is tried three times, and no second time when it has hung for long", async () => {
    const tried = async (code: ConnectionErrorCode) => {
      let tries = 0;
      const fail = async () => {
        tries += 1;
        await sleep(30);
        throw new ConnectionError(code, "AUTHENTICATE", "too late");
      };
      const transientCodes = new Set([code]);
      const policy = { retries: 2, firstDelayMs: 1, longestDelayMs: 100, longestHangMs: 20, transientCodes };
      await expect(retry(fail, policy, new AbortController().signal)).rejects.toThrow("too late");
      return tries;
    };
    expect([await tried("UNREACHABLE"), await tried("TIMEOUT")]).toEqual([3, 1]);
  });

  test("and wants a long time is left alone for it, and callers are not kept waiting", async () => {
    const { id, clock, upstream, startNode } = await openStore({ answering: () => json({}, 429, { "retry-after": "120" }) });
    const broker = await startNode();
    expect(await failureOf(broker.issue(id, VERSION))).toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: 120 });
    clock.time += 100_000;
    expect(await failureOf(broker.issue(id, VERSION))).toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: 20 });
    expect(upstream.requests).toHaveLength(1);
  });

  test("again and again is left alone for a little longer each time", async () => {
    const { id, clock, upstream, startNode } = await openStore({ answering: () => json({}, 400) });
    const broker = await startNode();
    const waits: (number | undefined)[] = [];
    for (let round = 0; round < 6; round += 1) {
      const { retryAfterSeconds = 0 } = await failureOf(broker.issue(id, VERSION));
      waits.push(retryAfterSeconds);
      clock.time += retryAfterSeconds * 1_000;
    }
    expect(waits).toEqual([0, 0, 1, 2, 4, 8]);
    expect(upstream.requests).toHaveLength(6);
  });
});

test("a caller who leaves ends its own wait alone", async () => {
  const { id, upstream, startNode } = await openStore({ answering: slowly(grant, 500) });
  const broker = await startNode();
  const leaving = new AbortController();
  const left = broker.issue(id, { ...VERSION, signal: leaving.signal });
  const staying = broker.issue(id, VERSION);
  leaving.abort(new Error("gone"));
  expect(await failureOf(left)).toMatchObject({ code: "TIMEOUT" });
  expect(await staying).toMatchObject({ isCached: false });
  expect(upstream.requests).toHaveLength(1);
});

if (isPostgresql) {
  describe("between nodes", () => {
    test("an invalidation takes the token from the memory of all within a second", async () => {
      const { id, startNode } = await openStore();
      const [one, other] = [await startNode(), await startNode()];
      const { accessToken } = await one.issue(id, VERSION);
      await other.issue(id, VERSION);
      await one.invalidate(id);
      await vi.waitFor(async () => expect((await other.issue(id, VERSION)).accessToken).not.toBe(accessToken), 1_000);
    });

    test("a cut connection makes a node look at the store until it hears again", async () => {
      const { id, store, startNode } = await openStore();
      const [one, other] = [await startNode(), await startNode()];
      const { accessToken } = await other.issue(id, VERSION);
      const client = new pg.Client({ connectionString: store.databaseUrl });
      await client.connect();
      await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'NOTIFY postern_%'");
      await client.end();
      await one.invalidate(id);
      await vi.waitFor(async () => expect((await other.issue(id, VERSION)).accessToken).not.toBe(accessToken), 1_000);
    });
  });
}
