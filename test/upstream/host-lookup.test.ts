import { pbkdf2 } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { ConnectionError } from "../../src/upstream/connection-error.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import { createHostLookup } from "../../src/upstream/host-lookup.ts";
import { type DnsServer, type NameAnswer, startDnsServer } from "../support/dns-server.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";

const NO_HOSTS_FILE = "/nonexistent";

function clientOf(dns: DnsServer, allowed: readonly string[] = ["127.0.0.1"], lookupMs = 2_000) {
  const lookupHost = createHostLookup({ servers: [dns.address], hostsFile: NO_HOSTS_FILE });
  return createHttpClient({ allowList: parseAllowList(allowed), lookupHost, limits: { lookupMs } });
}

const get = (http: ReturnType<typeof clientOf>, url: string, signal = new AbortController().signal) =>
  http.request({ method: "GET", url, signal });

async function verdictOf(promise: Promise<unknown>) {
  const outcome = await promise.catch((error: unknown) => error);
  return outcome instanceof ConnectionError ? [outcome.code, outcome.stage] : outcome;
}

test("a name is asked for once in each family, and a checked address of it is dialled", async () => {
  const dns = await startDnsServer(() => ({ addresses: ["127.0.0.1"] }));
  const server = await startMisbehavingServer(() => ({ body: "here" }));
  const response = await get(clientOf(dns), `http://upstream.test:${server.port}`);
  expect(response.body.toString()).toBe("here");
  expect([...dns.questions].sort()).toEqual(["A upstream.test", "AAAA upstream.test"]);
  expect(server.requests[0]?.headers.host).toBe(`upstream.test:${server.port}`);
});

test("a name that changes its address after the check is still dialled where it was checked, and refused at the next call", async () => {
  let asked = 0;
  const dns = await startDnsServer((_, type) => {
    if (type === "A") asked += 1;
    return { addresses: [asked > 1 ? "127.0.0.2" : "127.0.0.1"] };
  });
  const server = await startMisbehavingServer(() => ({ body: "here" }));
  const http = clientOf(dns);
  expect((await get(http, `http://rebind.test:${server.port}`)).body.toString()).toBe("here");
  expect(await verdictOf(get(http, `http://rebind.test:${server.port}`))).toEqual(["BLOCKED_ADDRESS", "RESOLVE"]);
  expect(server.connectionCount()).toBe(1);
});

test.each<[string, NameAnswer]>([
  ["a private address among good ones", { addresses: ["127.0.0.1", "10.0.0.1"] }],
  ["a private IPv6 address beside a good IPv4 one", { addresses: ["127.0.0.1", "fd00::1"] }],
  ["a mapped private address", { addresses: ["127.0.0.1", "::ffff:10.0.0.1"] }],
  ["an address of NAT64 around a private one", { addresses: ["127.0.0.1", "64:ff9b::a00:1"] }],
  ["a metadata address", { addresses: ["169.254.169.254"] }],
  ["the address 0.0.0.0", { addresses: ["0.0.0.0"] }],
  ["the address ::", { addresses: ["::"] }],
  ["an alias of a private name", { addresses: ["192.168.0.1"], alias: "inside.test" }],
  ["a bad address behind fifty good ones", { addresses: [...Array.from({ length: 50 }, () => "127.0.0.1"), "10.0.0.1"] }],
])("a name with %s is refused whole, and nothing is dialled", async (_, answer) => {
  const dns = await startDnsServer(() => answer);
  const server = await startMisbehavingServer();
  expect(await verdictOf(get(clientOf(dns), `http://bad.test:${server.port}`))).toEqual(["BLOCKED_ADDRESS", "RESOLVE"]);
  expect(server.connectionCount()).toBe(0);
});

test.each(["169.254.169.254", "0.0.0.0", "::ffff:169.254.169.254"])(
  "a name that the operator allows may not lead to %s",
  async (address) => {
    const dns = await startDnsServer(() => ({ addresses: [address] }));
    expect(await verdictOf(get(clientOf(dns, ["named.test"]), "http://named.test:8069"))).toEqual(["BLOCKED_ADDRESS", "RESOLVE"]);
  },
);

test("a name that the operator allows may lead to loopback, by a mapped address too", async () => {
  const dns = await startDnsServer(() => ({ addresses: ["::ffff:127.0.0.1"] }));
  const server = await startMisbehavingServer(() => ({ body: "here" }));
  expect((await get(clientOf(dns, ["named.test"]), `http://named.test:${server.port}`)).body.toString()).toBe("here");
});

test("plain http to a public address is refused before it is dialled", async () => {
  const dns = await startDnsServer(() => ({ addresses: ["8.8.8.8"] }));
  expect(await verdictOf(get(clientOf(dns), "http://public.test"))).toEqual(["BLOCKED_ADDRESS", "RESOLVE"]);
});

test("an address that refuses is followed by the next one of the name", async () => {
  const server = await startMisbehavingServer(() => ({ body: "here" }));
  const lookupHost = async () => ["127.0.0.2", "127.0.0.1"];
  const http = createHttpClient({ allowList: parseAllowList(["127.0.0.0/8"]), lookupHost, limits: { connectMs: 600 } });
  expect((await get(http, `http://two.test:${server.port}`)).body.toString()).toBe("here");
});

test("an unknown name does not resolve, and says so", async () => {
  const dns = await startDnsServer(() => "unknown");
  await expect(get(clientOf(dns), "https://missing.test")).rejects.toMatchObject({
    code: "UNREACHABLE",
    stage: "RESOLVE",
    message: "The name missing.test does not resolve.",
  });
});

test("a name server that is silent is given up in time, and at once when the caller stops", async () => {
  const dns = await startDnsServer(() => "silence");
  expect(await verdictOf(get(clientOf(dns, [], 200), "https://silent.test"))).toEqual(["TIMEOUT", "RESOLVE"]);
  const begin = performance.now();
  expect(await verdictOf(get(clientOf(dns), "https://silent.test", AbortSignal.timeout(100)))).toEqual(["TIMEOUT", "RESOLVE"]);
  expect(performance.now() - begin).toBeLessThan(1_000);
});

test("a hundred hung look-ups stall neither files nor password hashing", async () => {
  const dns = await startDnsServer(() => "silence");
  const http = clientOf(dns, [], 1_500);
  const hung = Array.from({ length: 100 }, (_, index) => verdictOf(get(http, `https://hung-${index}.test`)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const begin = performance.now();
  await Promise.all([readFile(import.meta.filename), promisify(pbkdf2)("password", "salt", 1_000, 32, "sha256")]);
  expect(performance.now() - begin).toBeLessThan(1_000);
  expect(await Promise.all(hung)).toEqual(hung.map(() => ["TIMEOUT", "RESOLVE"]));
});

test("the hosts file comes before the name server, comments left out", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "postern-hosts-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const hostsFile = path.join(folder, "hosts");
  await writeFile(
    hostsFile,
    "# 10.0.0.9 odoo\n::1 odoo Odoo.Internal\n127.0.0.1\todoo.internal odoo # 10.0.0.8 other\nrubbish odoo\n",
  );
  const dns = await startDnsServer(() => ({ addresses: ["10.0.0.7"] }));
  const lookup = createHostLookup({ servers: [dns.address], hostsFile });
  const { signal } = new AbortController();
  expect([await lookup("odoo.internal", signal), await lookup("odoo", signal), await lookup("other", signal)]).toEqual([
    ["127.0.0.1", "::1"],
    ["127.0.0.1", "::1"],
    ["10.0.0.7"],
  ]);
});

test("localhost and names below it are this machine without any question", async () => {
  const dns = await startDnsServer(() => ({ addresses: ["10.0.0.7"] }));
  const lookup = createHostLookup({ servers: [dns.address], hostsFile: NO_HOSTS_FILE });
  const { signal } = new AbortController();
  expect([await lookup("localhost", signal), await lookup("odoo.localhost", signal), dns.questions]).toEqual([
    ["127.0.0.1", "::1"],
    ["127.0.0.1", "::1"],
    [],
  ]);
});
