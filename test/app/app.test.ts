import { readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { startGateway } from "../support/gateway.ts";
import { createTestRing } from "../support/key-ring.ts";

const json = async (response: Response) => ({ status: response.status, body: await response.json() });

describe("the HTTP app", () => {
  it("sends its security headers with every answer, and names no software", async () => {
    const gateway = await startGateway();
    for (const target of ["/health", "/nowhere", "/.well-known/jwks.json"]) {
      const { headers } = await fetch(gateway.url + target);
      expect(Object.fromEntries(headers)).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "content-security-policy": expect.stringMatching(
          /^default-src 'none'; script-src 'self'; style-src 'self'.*; object-src 'none'; base-uri 'none'.*; frame-ancestors 'none'/,
        ),
        "x-request-id": expect.any(String),
      });
      expect([headers.get("server"), headers.get("x-powered-by"), headers.get("strict-transport-security")]).toEqual([
        null,
        null,
        null,
      ]);
    }
  });

  it("promises https for a year where people come by https", async () => {
    const gateway = await startGateway({ PUBLIC_URL: "https://postern.example.test" });
    const { headers } = await fetch(`${gateway.url}/health`);
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
  });

  it("publishes the public half of its signing key and nothing else of it", async () => {
    const gateway = await startGateway();
    const { body } = await json(await fetch(`${gateway.url}/.well-known/jwks.json`));
    expect(body).toEqual({
      keys: [
        { kty: "OKP", crv: "Ed25519", x: expect.any(String), kid: expect.stringMatching(/^key_/), alg: "EdDSA", use: "sig" },
      ],
    });
  });

  it("answers what it does not know with a typed 404, and a body it cannot unfold with 415", async () => {
    const gateway = await startGateway();
    expect((await fetch(`${gateway.url}/nowhere`)).status).toBe(404);
    const init = { method: "POST", headers: { "content-type": "application/json", "content-encoding": "gzip" }, body: "{}" };
    expect((await fetch(`${gateway.url}/graphql`, init)).status).toBe(415);
  });

  it.each(["/health", "/health/ready", "/.well-known/jwks.json", "/openapi.json"])(
    "takes no other method at %s than GET and HEAD, and says so",
    async (address) => {
      const gateway = await startGateway();
      const ask = (method: string) => fetch(gateway.url + address, { method });
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
        const refused = await ask(method);
        expect([method, refused.status, refused.headers.get("allow")]).toEqual([method, 405, "GET, HEAD"]);
        expect(await refused.json()).toMatchObject({ error: { code: "BAD_USER_INPUT" } });
      }
      expect([(await ask("GET")).status, (await ask("HEAD")).status]).toEqual([200, 200]);
    },
  );

  it("takes over a well-formed request id and makes one otherwise", async () => {
    const gateway = await startGateway();
    const ask = async (id: string) =>
      (await fetch(`${gateway.url}/health`, { headers: { "x-request-id": id } })).headers.get("x-request-id");
    expect(await ask("order-4711")).toBe("order-4711");
    expect(await ask("a b\tc <script>")).not.toContain("script");
  });

  it("logs one line a request without query, headers, body or variables", async () => {
    const gateway = await startGateway();
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer canary-header" },
      body: JSON.stringify({ query: "query canaryName($x: String) { me { id } }", variables: { x: "canary-variable" } }),
    };
    await fetch(`${gateway.url}/graphql?token=canary-query`, init);
    const log = gateway.log();
    expect(log).toContain('"route":"/graphql"');
    expect(log).not.toContain("canary");
  });
});

describe("readiness", () => {
  it("is 200 with database, migrations and key ring in order", async () => {
    const gateway = await startGateway();
    expect(await json(await fetch(`${gateway.url}/health`))).toEqual({ status: 200, body: { status: "ok" } });
    expect(await json(await fetch(`${gateway.url}/health/ready`))).toEqual({
      status: 200,
      body: { status: "ready", parts: { database: "ok", migrations: "ok", keyRing: "ok" } },
    });
  });

  it("is 503 when the store was migrated by a newer build, while the process stays alive", async () => {
    const gateway = await startGateway();
    const { client } = gateway.services.database;
    await client.$executeRawUnsafe(
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "started_at", "applied_steps_count")
       VALUES ('x', 'x', '99990101000000_from_the_future', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 1)`,
    );
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
    const { status, body } = await json(await fetch(`${gateway.url}/health/ready`));
    expect([status, body]).toEqual([
      503,
      expect.objectContaining({ parts: { database: "ok", migrations: "failing", keyRing: "ok" } }),
    ]);
  });
});

describe("starting over a store", () => {
  it("goes on with the keys, the accounts and the administrator that are there", async () => {
    const first = await startGateway();
    const { token } = await first.signUp("ada");
    const store = { ...first.store, remove: async () => {} };
    const ring = readFileSync(path.join(store.dataDir, "keys.json"), "utf8");
    await first.services.stop();
    const second = await startGateway({}, store);
    expect(readFileSync(path.join(store.dataDir, "keys.json"), "utf8")).toBe(ring);
    expect(await second.services.database.client.user.count()).toBe(2);
    const { data } = await second.query("{ me { username } }", {}, token);
    expect(data).toEqual({ me: { username: "ada" } });
    await second.close();
  });

  it("refuses to begin when the key ring is gone, and writes no new one over what is sealed", async () => {
    const first = await startGateway();
    const store = { ...first.store, remove: async () => {} };
    const file = path.join(store.dataDir, "keys.json");
    await first.services.stop();
    await rename(file, `${file}.away`);
    await expect(startGateway({}, store)).rejects.toThrow(/keys\.json: is missing/);
    expect(() => readFileSync(file)).toThrow();
  });

  it("needs the ring that the store was sealed with though somebody took its checks away, and stores none of another", async () => {
    const first = await startGateway();
    const store = { ...first.store, remove: async () => {} };
    const file = path.join(store.dataDir, "keys.json");
    const ring = readFileSync(file);
    await first.services.database.client.keyCheck.deleteMany();
    await first.services.stop();
    await rm(file);
    await expect(startGateway({}, store)).rejects.toThrow(/keys\.json: is missing/);
    createTestRing(file);
    await expect(startGateway({}, store)).rejects.toThrow(/does not open what the store has sealed/);
    await writeFile(file, ring, { mode: 0o600 });
    const second = await startGateway({}, store);
    expect(await second.services.database.client.keyCheck.count()).toBe(1);
    await second.close();
  });
});
