import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type AccessHarness, anonymous, auditTrail, PASSWORD, registerUser, startAccess } from "../support/access.ts";
import { findSecrets, readFolder } from "../support/canaries.ts";
import { dumpDatabase } from "../support/database.ts";
import { startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { ask } from "../support/rest.ts";

type Node = AccessHarness["node"];

/** What a guess comes to: `in`, `wrong`, or how long to wait. */
async function guess(node: Node, username: string, password = "a wrong guess", ip?: string): Promise<string | number> {
  try {
    return "accessToken" in (await node.sessions.login(anonymous(ip), { username, password })) ? "in" : "wrong";
  } catch (error) {
    const { code, retryAfterSeconds } = error as { code: string; retryAfterSeconds: number };
    return code === "RATE_LIMITED" ? retryAfterSeconds : code;
  }
}

async function guessTimes(times: number, ...[node, username, password, ip]: Parameters<typeof guess>) {
  const answers = [];
  for (let time = 0; time < times; time += 1) answers.push(await guess(node, username, password, ip));
  return answers;
}

test("after the free guesses the next one waits, twice as long each time, at most a minute", async () => {
  const { node, clock } = await startAccess();
  await registerUser(node);
  expect(await guessTimes(5, node, "alice")).toEqual(Array(5).fill("wrong"));
  const waits = [];
  for (let round = 0; round < 8; round += 1) {
    const wait = Number(await guess(node, "alice"));
    waits.push(wait);
    clock.advance(wait * 1_000);
    expect(await guess(node, "alice")).toBe("wrong");
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  clock.advance(60_000);
  expect(await guess(node, "alice", PASSWORD)).toBe("in");
  expect(await guessTimes(5, node, "alice")).toEqual(Array(5).fill("wrong"));
});

test("all spellings of a name, both nodes and a user that does not exist are counted alike", async () => {
  const { node, otherNode } = await startAccess();
  await registerUser(node, "admin2");
  for (const spellings of [
    ["admin2", "ADMIN2", " admin2 ", "ａｄｍｉｎ２", "Admin2"],
    ["nobody", "NOBODY", " nobody", "ｎｏｂｏｄｙ", "Nobody "],
  ]) {
    for (const [index, spelling] of spellings.entries())
      expect(await guess(index % 2 ? otherNode : node, spelling)).toBe("wrong");
    for (const spelling of spellings) expect(await guess(otherNode, spelling)).toBe(1);
  }
  expect(await guess(node, "аdmin2")).toBe("wrong"); // a Cyrillic а: another name
});

test("of a hundred guesses at once no more than the free ones are looked at", async () => {
  const { node, otherNode, database } = await startAccess();
  await registerUser(node);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => guess(index % 2 ? node : otherNode, "alice", `guess number ${index}`)),
  );
  expect(answers.filter((answer) => answer === "wrong")).toHaveLength(5);
  expect(new Set(answers)).toEqual(new Set(["wrong", 1]));
  expect((await auditTrail(database)).filter(({ outcome }) => outcome === "FAILED")).toHaveLength(5);
});

test("an address that fails too often waits, but for who has signed in from it; what succeeds or has to wait does not count", async () => {
  const { node, clock } = await startAccess({ environment: { LOGIN_FAILURES_PER_IP: "8" } });
  for (const name of ["alice", "bob"]) await registerUser(node, name);
  expect(await guessTimes(6, node, "alice", PASSWORD)).toEqual(Array(6).fill("in"));
  expect(await guessTimes(40, node, "a")).toEqual([...Array(5).fill("wrong"), ...Array(35).fill(1)]);
  for (const name of ["b", "c", "d"]) expect(await guess(node, name)).toBe("wrong");
  expect(await guess(node, "bob", PASSWORD)).toBe(900);
  expect(await guess(node, "e")).toBe(900);
  expect(await guess(node, "alice", PASSWORD)).toBe("in");
  expect(await guess(node, "bob", PASSWORD, "192.0.2.2")).toBe("in");
  clock.advance(900_000);
  expect(await guess(node, "bob", PASSWORD)).toBe("in");
});

test("who guesses on from elsewhere does not keep an owner out of where they have signed in before", async () => {
  const { node, otherNode, clock } = await startAccess();
  await registerUser(node);
  const [home, elsewhere, abroad] = ["192.0.2.7", "198.51.100.1", "203.0.113.5"];
  expect(await guess(node, "alice", PASSWORD, home)).toBe("in");
  for (let minute = 0; minute < 7; minute += 1) {
    clock.advance(60_000);
    expect(await guess(node, "alice", "a wrong guess", elsewhere)).toBe("wrong");
  }
  expect(await guess(otherNode, "ALICE", PASSWORD, home)).toBe("in");
  // What the owner does at home lets nobody elsewhere guess on, and at home there is one limit too.
  for (const ip of [elsewhere, abroad]) expect(await guess(node, "alice", "a wrong guess", ip)).toBe(4);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => guess(index % 2 ? node : otherNode, "alice", `guess number ${index}`, home)),
  );
  expect(answers.filter((answer) => answer === "wrong")).toHaveLength(5);
  expect(new Set(answers)).toEqual(new Set(["wrong", 1]));
});

test("the addresses of one IPv6 network are one", async () => {
  const { node } = await startAccess({ environment: { LOGIN_FAILURES_PER_IP: "2" } });
  for (const host of ["1", "2"]) expect(await guess(node, `u${host}`, "wrong guess", `2001:db8:1:2::${host}`)).toBe("wrong");
  expect(await guess(node, "u3", "wrong guess", "2001:db8:1:2:ffff::3")).toBe(900);
  expect(await guess(node, "u3", "wrong guess", "2001:db8:1:3::3")).toBe("wrong");
});

test("a name that was typed and its address stand nowhere in the store, nor does a digest that needs no key", async () => {
  const typed = "My Secret typed here";
  const gateway = await startGateway();
  await gateway.query(LOGIN, { input: { username: typed, password: "a wrong guess" } });
  const names = (await gateway.services.database.client.rateCounter.findMany()).map(({ key }) => key);
  expect(names.length).toBeGreaterThanOrEqual(2);
  for (const name of names) expect(name).toMatch(/^[\w-]{43}$/);

  const canonical = typed.toLowerCase();
  const keys = [canonical, `login:account:${canonical}`, "127.0.0.1", "login:ip:127.0.0.1"];
  const digests = keys.map((key) => [`SHA-256 of ${key}`, createHash("sha256").update(key).digest()] as const);
  const found = { ...readFolder(gateway.store.dataDir), ...(await dumpDatabase(gateway.services.database)) };
  const everything = { ...found, log: Buffer.from(gateway.log()) };
  expect(findSecrets({ typed, canonical }, everything)).toEqual([]);
  for (const [name, digest] of digests) {
    for (const form of ["hex", "base64", "base64url"] as const) {
      const text = digest.toString(form).replace(/=+$/, "");
      expect(
        Object.entries(everything).filter(([, content]) => content.includes(text)),
        name,
      ).toEqual([]);
    }
  }
}, 90_000);

/** What is wrong with a sign-in: the name, the password, or the user. */
const WRONG = [
  ["nobody", "a wrong guess"],
  ["known", "a wrong guess"],
  ["gone", USER_PASSWORD],
] as const;
const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { userErrors { code message field } } }";

test("X-Forwarded-For is believed of a trusted proxy alone, and of it the last address that is no proxy's", async () => {
  const guessFrom = async (environment: Record<string, string>, addresses: readonly string[]) => {
    const gateway = await startGateway({ LOGIN_FAILURES_PER_IP: "2", ...environment });
    const statuses: number[] = [];
    for (const [index, address] of addresses.entries()) {
      const form = { username: `nobody${index}`, password: "a wrong guess" };
      const forwarded = { "x-forwarded-for": address, forwarded: `for=${address}`, "x-real-ip": address };
      statuses.push((await ask(gateway, "POST /login", { form, headers: forwarded })).status);
    }
    const events = await gateway.services.database.client.auditEvent.findMany({ where: { outcome: "FAILED" } });
    return { statuses, addresses: [...new Set(events.map(({ ip }) => ip))].sort() };
  };
  const each = ["203.0.113.1", "203.0.113.2", "203.0.113.3"];
  const ignored = { statuses: [401, 401, 429], addresses: ["127.0.0.1"] };
  expect(await guessFrom({ TRUSTED_PROXIES: "10.0.0.0/8" }, each)).toEqual(ignored);
  const spoofed = each.map((address) => `${address}, 198.51.100.1, 10.1.2.3`);
  expect(await guessFrom({ TRUSTED_PROXIES: "127.0.0.1/32,10.0.0.0/8" }, [...each, ...spoofed])).toEqual({
    statuses: [401, 401, 401, 401, 401, 429],
    addresses: ["198.51.100.1", ...each],
  });
}, 90_000);

test("a sign-in is refused alike to the byte, whatever is wrong", async () => {
  const gateway = await startGateway();
  await gateway.signUp("known");
  const { userId } = await gateway.signUp("gone");
  await gateway.services.database.client.user.update({ where: { id: userId }, data: { isActive: false } });
  const answers = [];
  for (const [username, password] of WRONG) {
    const request = { json: { query: LOGIN, variables: { input: { username, password } } } };
    const { status, body, headers } = await ask(gateway, "POST /graphql", request);
    answers.push([status, body, [...headers].filter(([name]) => !/^(date|x-request-id|ratelimit-.*)$/.test(name))]);
  }
  expect(JSON.stringify(answers[0])).toContain("INVALID_LOGIN");
  expect(answers).toEqual(Array(3).fill(answers[0]));
}, 90_000);

test("a sign-in that is refused costs the store the same number of statements, whatever is wrong", async () => {
  const { node, database, queryCount } = await startAccess();
  for (const name of ["known", "gone"]) await registerUser(node, name);
  await database.client.user.updateMany({ where: { canonicalName: "gone" }, data: { isActive: false } });
  const statements: number[] = [];
  for (const [name = "", password] of WRONG) {
    await guess(node, name); // makes its counter
    const before = queryCount();
    expect(await guess(node, name, password === USER_PASSWORD ? PASSWORD : password)).toBe("wrong");
    statements.push(queryCount() - before);
  }
  expect(statements).toEqual(Array(3).fill(statements[0]));
  expect(statements[0]).toBeGreaterThan(0);
});
