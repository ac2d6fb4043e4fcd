import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { openKeyRing, RING_REREAD_MS } from "../../src/keys/key-ring.ts";
import { KeyRingError, parseRing } from "../../src/keys/ring-content.ts";
import { createRingFile, readRingFile } from "../../src/keys/ring-file.ts";
import { createRingPath, createTestRing } from "../support/key-ring.ts";
import { scriptOf } from "../support/script.ts";

const KEY = randomBytes(32).toString("base64url");
const OTHER = randomBytes(32).toString("base64url");
const context = { purpose: "credential", ownerId: "user_1", recordId: "credential_1", field: "fields", version: 1 };

function ring(primary: unknown, keys: unknown): string {
  return JSON.stringify({ primary, keys });
}

function openError(open: () => unknown): Error {
  try {
    open();
  } catch (error) {
    if (error instanceof KeyRingError) return error;
    throw error;
  }
  throw new Error("It was opened");
}

const unsound: [title: string, text: string, problem: RegExp][] = [
  ["nothing", "", /is not a JSON object/],
  ["half a file", ring("kek_a", { kek_a: KEY }).slice(0, 40), /is not a JSON object/],
  ["a list", "[]", /is not a JSON object/],
  ["no keys", ring("kek_a", {}), /has no "keys"/],
  ["keys in a list", ring("kek_a", [KEY]), /has no "keys"/],
  ["no primary", JSON.stringify({ keys: { kek_a: KEY } }), /"primary" is not the id/],
  ["an unknown primary", ring("kek_b", { kek_a: KEY }), /"primary" is not the id/],
  ["a primary that every object has", ring("constructor", { kek_a: KEY }), /"primary" is not the id/],
  ["a member too many", JSON.stringify({ primary: "kek_a", keys: { kek_a: KEY }, more: 1 }), /has more than/],
  ["a short key", ring("kek_a", { kek_a: randomBytes(31).toString("base64url") }), /kek_a is not 32 bytes/],
  ["a long key", ring("kek_a", { kek_a: randomBytes(33).toString("base64url") }), /kek_a is not 32 bytes/],
  ["an empty key", ring("kek_a", { kek_a: "" }), /kek_a is not 32 bytes/],
  ["a key that is no text", ring("kek_a", { kek_a: 1 }), /kek_a is not 32 bytes/],
  ["a key in hexadecimal", ring("kek_a", { kek_a: randomBytes(32).toString("hex") }), /kek_a is not 32 bytes/],
  ["a key with padding", ring("kek_a", { kek_a: `${KEY}=` }), /kek_a is not 32 bytes/],
  ["a key with spare bits", ring("kek_a", { kek_a: `${"A".repeat(42)}B` }), /kek_a is not 32 bytes/],
  ["an all-zero key", ring("kek_a", { kek_a: Buffer.alloc(32).toString("base64url") }), /kek_a is not random/],
  ["a counting key", ring("kek_a", { kek_a: Buffer.from([...Array(32).keys()]).toString("base64url") }), /kek_a is not random/],
  [
    "words as a key",
    ring("kek_a", { kek_a: Buffer.from("please-change-me-before-start-up").toString("base64url") }),
    /not random/,
  ],
  ["one key under two ids", ring("kek_a", { kek_a: KEY, kek_b: KEY }), /same key under two ids/],
  ["one id twice", `{"primary":"kek_a","keys":{"kek_a":"${KEY}","kek_a":"${OTHER}"}}`, /names a member twice/],
  ["an id that is a number", ring("1", { 1: KEY }), /key's id must be/],
  ["an id with a line break", ring("kek_a", { kek_a: KEY, "kek\nb": OTHER }), /names a member twice|key's id must be/],
  ["the id __proto__", `{"primary":"__proto__","keys":{"__proto__":"${KEY}"}}`, /key's id must be/],
];

test.each(unsound)(
  "a ring with %s is refused, from a file and from the environment, without its values in the message",
  (_, text, problem) => {
    const file = createRingPath();
    writeFileSync(file, text, { mode: 0o600 });
    for (const error of [
      openError(() => openKeyRing({ file }, { mayCreate: true })),
      openError(() => openKeyRing({ file: createRingPath(), json: text }, { mayCreate: true })),
    ]) {
      expect(error.message).toMatch(problem);
      for (const value of [KEY, OTHER]) expect(error.message).not.toContain(value);
    }
    expect(readFileSync(file, "utf8")).toBe(text);
  },
);

test.each(["640", "604", "644", "666", "620"])("a ring file with mode %s is refused", (mode) => {
  const file = createRingPath();
  createTestRing(file);
  chmodSync(file, mode);
  expect(openError(() => openKeyRing({ file }, { mayCreate: true })).message).toContain(`(mode ${mode})`);
});

test("a folder in the ring file's place is refused", () => {
  const file = createRingPath();
  mkdirSync(file);
  expect(openError(() => openKeyRing({ file }, { mayCreate: true })).message).toMatch(/is not a file/);
});

test("a missing ring is made only when nothing is sealed yet: one random key, readable by its owner alone", () => {
  const file = createRingPath();
  expect(openError(() => openKeyRing({ file }, { mayCreate: false })).message).toMatch(/is missing, but the store holds/);
  expect(existsSync(file)).toBe(false);

  const made = openKeyRing({ file }, { mayCreate: true });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(path.dirname(file))).toEqual(["keys.json"]);
  expect(made.ids()).toEqual([made.primary().id]);
  expect(openKeyRing({ file }, { mayCreate: false }).primary()).toEqual(made.primary());
});

test("of two first starts that make the file at once the second uses what the first one made", () => {
  const file = createRingPath();
  const [mine, theirs] = [KEY, OTHER].map((key) => parseRing(ring("kek_a", { kek_a: key }), "test"));
  if (mine === undefined || theirs === undefined) throw new Error("Two rings are needed");
  expect([createRingFile(file, mine), createRingFile(file, theirs)]).toEqual([true, false]);
  expect(readRingFile(file)?.content).toEqual(mine);
  expect(readdirSync(path.dirname(file))).toEqual(["keys.json"]);
});

test("a ring from the environment seals and opens, and refuses to be changed", () => {
  const fixed = openKeyRing({ file: createRingPath(), json: ring("kek_b", { kek_a: KEY, kek_b: OTHER }) }, { mayCreate: false });
  expect(fixed.primary()).toEqual({ id: "kek_b", key: Buffer.from(OTHER, "base64url") });
  expect(fixed.find("kek_a")).toEqual({ id: "kek_a", key: Buffer.from(KEY, "base64url") });
  expect([fixed.find("kek_c"), fixed.find("constructor"), fixed.changedAt()]).toEqual([null, null, null]);
  expect(() => fixed.addPrimary()).toThrow(/comes from KEY_RING/);
  expect(() => fixed.remove("kek_a")).toThrow(/comes from KEY_RING/);
});

test("a key is added as primary and the old one stays until it is removed; the primary one cannot be", () => {
  const file = createRingPath();
  const changed = createTestRing(file);
  const first = changed.primary().id;
  const second = changed.addPrimary();
  expect([changed.primary().id, changed.ids()]).toEqual([second, [first, second]]);
  expect(() => changed.remove(second)).toThrow(/is the primary key/);
  expect(() => changed.remove("kek_none")).toThrow(/holds no key kek_none/);
  changed.remove(first);
  expect([changed.find(first), openKeyRing({ file }, { mayCreate: false }).ids()]).toEqual([null, [second]]);
  expect([statSync(file).mode & 0o777, readdirSync(path.dirname(file))]).toEqual([0o600, ["keys.json"]]);
});

test("a running ring finds a key that another process added at once, and wraps with it after a second", async () => {
  const file = createRingPath();
  let now = 0;
  const writer = createTestRing(file);
  const follower = openKeyRing({ file }, { mayCreate: false, elapsed: () => now });
  const before = follower.primary().id;
  const sealed = await createEnvelope(writer).seal(context, Buffer.from("secret"));
  const added = writer.addPrimary();
  const { keyId, wrappedKey } = await createEnvelope(writer).rewrap(context, sealed);

  now = RING_REREAD_MS - 1;
  expect(follower.primary().id).toBe(before);
  now = RING_REREAD_MS;
  expect(follower.primary().id).toBe(added);
  const again = openKeyRing({ file }, { mayCreate: false, elapsed: () => 0 });
  writer.addPrimary();
  const latest = await createEnvelope(writer).rewrap(context, { keyId, wrappedKey });
  expect((await createEnvelope(again).open(context, { ...latest, ciphertext: sealed.ciphertext })).toString()).toBe("secret");
});

test("readers of a file that is replaced all the time always find a whole ring", async () => {
  const file = createRingPath();
  const writer = createTestRing(file);
  const envelope = createEnvelope(writer);
  let now = 0;
  const failures: unknown[] = [];
  const followers = Array.from({ length: 4 }, () =>
    openKeyRing({ file }, { mayCreate: false, elapsed: () => now, onReadFailure: (error) => failures.push(error) }),
  );
  for (let round = 0; round < 50; round += 1) {
    const old = writer.primary().id;
    writer.addPrimary();
    const sealed = await envelope.seal(context, Buffer.from(`secret ${round}`));
    const opened = await Promise.all(followers.map((follower) => createEnvelope(follower).open(context, sealed)));
    expect(new Set(opened.map(String))).toEqual(new Set([`secret ${round}`]));
    writer.remove(old);
    now += RING_REREAD_MS;
    expect(followers.map((follower) => follower.find(old))).toEqual(followers.map(() => null));
  }
  expect(failures).toEqual([]);
});

test("a file that becomes unusable while in use is reported, and the known keys stay in use", () => {
  const file = createRingPath();
  createTestRing(file);
  let now = 0;
  const failures: unknown[] = [];
  const follower = openKeyRing(
    { file },
    { mayCreate: false, elapsed: () => now, onReadFailure: (error) => failures.push(error) },
  );
  const known = follower.primary();
  writeFileSync(file, "half a");
  now = RING_REREAD_MS;
  expect(follower.primary()).toEqual(known);
  rmSync(file);
  now = 2 * RING_REREAD_MS;
  expect(follower.primary()).toEqual(known);
  expect(failures.map(String)).toEqual([`KeyRingError: ${file}: is not a JSON object`]);
});

test("a change that a full disk stops leaves no lock behind, and is made once there is room", async () => {
  const file = createRingPath();
  const before = createTestRing(file).ids();
  const script = await scriptOf("add-primary-process");
  // No file may grow: to a program that writes one, this is a full disk by another name.
  const stopped = spawnSync("bash", ["-c", 'ulimit -f 0; exec "$0" "$1"', process.execPath, script], {
    env: { PATH: process.env.PATH, RING_FILE: file },
    encoding: "utf8",
  });
  expect(stopped.stdout).toBe("");
  expect(stopped.stderr).toMatch(/cannot be written \(EFBIG\)/);
  expect(readdirSync(path.dirname(file))).toEqual(["keys.json"]);
  createTestRing(file).addPrimary();
  expect(createTestRing(file).ids()).toHaveLength(before.length + 1);
});

test("a change waits for no one: the lock of a live process refuses it, that of a dead one is taken over", () => {
  const file = createRingPath();
  const changed = createTestRing(file);
  writeFileSync(`${file}.lock`, `${process.ppid} ${hostname()}`);
  expect(() => changed.addPrimary()).toThrow(/another command is changing the key ring/);
  writeFileSync(`${file}.lock`, `4194305 ${hostname()}`);
  expect(changed.addPrimary()).toBe(changed.primary().id);
  expect(existsSync(`${file}.lock`)).toBe(false);
});

test("a lock of another machine or container is never taken over, whatever its process's number is", () => {
  const file = createRingPath();
  const changed = createTestRing(file);
  for (const holder of ["4194305 another-node", `${process.pid} another-node`, "4194305"]) {
    writeFileSync(`${file}.lock`, holder);
    expect(() => changed.addPrimary()).toThrow(/another command is changing the key ring/);
    expect(readFileSync(`${file}.lock`, "utf8")).toBe(holder);
  }
});

test("a container that was killed while it changed the ring, and has the same number again, takes its own lock over", () => {
  const file = createRingPath();
  const changed = createTestRing(file);
  writeFileSync(`${file}.lock`, `${process.pid} ${hostname()}`);
  expect(changed.addPrimary()).toBe(changed.primary().id);
  expect(existsSync(`${file}.lock`)).toBe(false);
});

test("what another node of the same process number is writing beside the ring is left to it", () => {
  const file = createRingPath();
  const beside = `${file}.${process.pid}.tmp`;
  writeFileSync(beside, "half a");
  createTestRing(file).addPrimary();
  expect(readFileSync(beside, "utf8")).toBe("half a");
  expect(readdirSync(path.dirname(file)).sort()).toEqual(["keys.json", path.basename(beside)]);
});
