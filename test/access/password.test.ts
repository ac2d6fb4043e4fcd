import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { hash as argon2 } from "@node-rs/argon2";
import { hash as bcrypt } from "@node-rs/bcrypt";
import { describe, expect, onTestFinished, test } from "vitest";
import { createPasswords } from "../../src/access/password.ts";
import { createBlocklist } from "../../src/access/password-blocklist.ts";
import { ARGON2_PARAMETERS, parsePasswordHash } from "../../src/access/password-hash.ts";
import { findPasswordFault } from "../../src/access/password-policy.ts";
import { parseConfig } from "../../src/config.ts";
import { anonymous, PASSWORD, registerUser, startAccess, tokensOf, viewerOf } from "../support/access.ts";

const ARGON2 = "$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY";
const LEAST = { memoryKib: 19_456, passes: 2, lanes: 1 };
const BCRYPT = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

describe("hashing", () => {
  test("a hash is a PHC string of Argon2id with 64 MiB and three passes, another each time", async () => {
    const passwords = createPasswords();
    const [first, second] = await Promise.all([passwords.hash("open sesame"), passwords.hash("open sesame")]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(first).not.toBe(second);
    expect(await passwords.verify(first, "open sesame")).toEqual({ isMatch: true, rehashed: null });
  });

  test("passwords count to their last byte, exactly as typed", async () => {
    const passwords = createPasswords(LEAST);
    const tried = ["p".repeat(72), "p".repeat(73), "pass\u0000word", "  spaced  ", "🔑🔑🔑", "x".repeat(1_024)];
    for (const password of tried) {
      const stored = await passwords.hash(password);
      const verdicts = await Promise.all(
        [password, `${password} `, password.slice(0, -1)].map((text) => passwords.verify(stored, text)),
      );
      expect(verdicts.map(({ isMatch }) => isMatch)).toEqual([true, false, false]);
    }
  });

  test("the same letters in another Unicode form are another password", async () => {
    const passwords = createPasswords(LEAST);
    const stored = await passwords.hash("e\u0301clairs");
    expect(await passwords.verify(stored, "\u00e9clairs")).toEqual({ isMatch: false, rehashed: null });
  });

  test("a password over the cap is refused without hashing", async () => {
    const passwords = createPasswords(ARGON2_PARAMETERS, { atOnce: 0, waiting: 0 }); // whatever is hashed here is refused as too much
    expect(await passwords.verify(ARGON2, "x".repeat(1_025))).toEqual({ isMatch: false, rehashed: null });
    await expect(passwords.verify(ARGON2, "x".repeat(1_024))).rejects.toMatchObject({ code: "RATE_LIMITED" });
  });

  test("a weaker hash is verified and replaced by a strong one", async () => {
    const passwords = createPasswords();
    const weak = await argon2("open sesame", { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    const { isMatch, rehashed } = await passwords.verify(weak, "open sesame");
    expect(isMatch).toBe(true);
    expect(await passwords.verify(rehashed, "open sesame")).toEqual({ isMatch: true, rehashed: null });
    expect(await passwords.verify(weak, "close sesame")).toEqual({ isMatch: false, rehashed: null });
  });

  test("what a hash costs is configured, from OWASP's least on; a hash made for less is replaced at a higher cost alone", async () => {
    const { PASSWORD_MEMORY_KIB, PASSWORD_PASSES } = parseConfig({});
    expect({ memoryKib: PASSWORD_MEMORY_KIB, passes: PASSWORD_PASSES, lanes: 1 }).toEqual(ARGON2_PARAMETERS);
    expect(() => parseConfig({ PASSWORD_MEMORY_KIB: "19455", PASSWORD_PASSES: "1" })).toThrow(
      /PASSWORD_MEMORY_KIB.*PASSWORD_PASSES/s,
    );

    const least = createPasswords(LEAST);
    const more = createPasswords({ ...LEAST, passes: 3 });
    const cheap = await least.hash("open sesame");
    const { rehashed } = await more.verify(cheap, "open sesame");
    expect([cheap, rehashed]).toEqual(
      [/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/, /^\$argon2id\$v=19\$m=19456,t=3,p=1\$/].map((form) => expect.stringMatching(form)),
    );
    expect(await least.verify(rehashed, "open sesame")).toEqual({ isMatch: true, rehashed: null });
  });

  test("imported bcrypt hashes of all three good variants are verified and replaced", async () => {
    const passwords = createPasswords(LEAST);
    const stored = await bcrypt("open sesame", 4);
    for (const variant of ["$2a$", "$2b$", "$2y$"]) {
      const { isMatch, rehashed } = await passwords.verify(variant + stored.slice(4), "open sesame");
      expect([isMatch, rehashed?.startsWith("$argon2id$")]).toEqual([true, true]);
    }
    expect(await passwords.verify(`$2x$${stored.slice(4)}`, "open sesame")).toEqual({ isMatch: false, rehashed: null });
    const longest = await bcrypt("é".repeat(36), 4);
    expect((await passwords.verify(longest, "é".repeat(36))).isMatch).toBe(true);
    expect(await passwords.verify(longest, `${"é".repeat(36)}x`)).toEqual({ isMatch: false, rehashed: null });
  });

  test("beyond the queue's bound a caller is told to come back, and those before are served", async () => {
    const passwords = createPasswords(ARGON2_PARAMETERS, { atOnce: 1, waiting: 2 });
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.verify(null, "open sesame")));
    const told = { code: "RATE_LIMITED", retryAfterSeconds: 5 };
    expect(outcomes).toMatchObject([
      { status: "fulfilled", value: { isMatch: false } },
      { status: "fulfilled", value: { isMatch: false } },
      { status: "fulfilled", value: { isMatch: false } },
      { status: "rejected", reason: told },
      { status: "rejected", reason: told },
    ]);
    expect(await passwords.verify(null, "open sesame")).toEqual({ isMatch: false, rehashed: null });
  });
});

describe("stored hashes", () => {
  test("Argon2id and bcrypt are taken apart", () => {
    expect([ARGON2, BCRYPT].map(parsePasswordHash)).toEqual([
      { scheme: "argon2id", memoryKib: 65_536, passes: 3, lanes: 1 },
      { scheme: "bcrypt", cost: 10 },
    ]);
  });

  test("what is malformed, too dear or of another scheme is refused unread", () => {
    const refused = [
      "",
      "plaintext",
      "$2x$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
      "$2$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
      BCRYPT.replace("$10$", "$03$"),
      BCRYPT.replace("$10$", "$15$"),
      BCRYPT.replace("$10$", "$31$"),
      BCRYPT.slice(0, -1),
      `${BCRYPT}\n`,
      `${BCRYPT}\u0000`,
      ARGON2.replace("argon2id", "argon2i"),
      ARGON2.replace("v=19", "v=16"),
      ARGON2.replace("m=65536", "m=1048577"),
      ARGON2.replace("m=65536", "m=4294967295"),
      ARGON2.replace("m=65536", "m=7"),
      ARGON2.replace("m=65536", "m=065536"),
      ARGON2.replace("t=3", "t=11"),
      ARGON2.replace("p=1", "p=255"),
      `${ARGON2}$`,
      "$5$rounds=5000$saltsalt$hash",
      "5f4dcc3b5aa765d61d8327deb882cf99",
    ];
    expect(refused.map(parsePasswordHash)).toEqual(refused.map(() => null));
  });
});

describe("new passwords", () => {
  const faultOf = (password: string) => findPasswordFault(password, "Alice.Liddell")?.code ?? null;

  test("8 to 1,024 bytes are taken, whatever they are made of", () => {
    const taken = [
      "correct horse",
      "x".repeat(1_024),
      "        ",
      "ünïcödé pass",
      "🔑🔑",
      "pass\u0000wort!",
      "not-alice.liddell",
    ];
    expect(taken.map(faultOf)).toEqual(taken.map(() => null));
  });

  test("short, long, common and predictable ones are refused, each for its reason", () => {
    expect(["seven77", "", "x".repeat(1_025), "🔑".repeat(257), "ab\ud800cdefgh"].map(faultOf)).toEqual([
      "PASSWORD_TOO_SHORT",
      "PASSWORD_TOO_SHORT",
      "PASSWORD_TOO_LONG",
      "PASSWORD_TOO_LONG",
      "PASSWORD_NOT_TEXT",
    ]);
    const common = [
      "password",
      "PassWord",
      "ｐａｓｓｗｏｒｄ",
      "12345678",
      "qwertyuiop",
      "chrysler",
      "15021991",
      "pa$$word",
      "alice.liddell",
      "ALICE.Liddell2026!",
      "Postern123",
    ];
    expect(common.map(faultOf)).toEqual(common.map(() => "PASSWORD_TOO_COMMON"));
  });
});

describe("a list of leaked passwords", () => {
  const leaked = (index: number) => `leaked passphrase ${index}`;
  const sha1 = (text: string) => createHash("sha1").update(text).digest("hex").toUpperCase();

  async function writeList(lines: readonly string[]): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), "postern-leaked-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, "leaked.txt");
    await writeFile(file, lines.join(""));
    return file;
  }

  test.each([
    ["with counts", (index: number) => `:${index ** 4}\r\n`],
    ["without", () => "\n"],
  ])("is searched where it lies: of a thousand, %s, every one is found, and no other (%#)", async (_, tail) => {
    const digests = Array.from({ length: 1_000 }, (_each, index) => sha1(leaked(index))).sort();
    const isBlocked = createBlocklist(await writeList(digests.map((digest, index) => digest + tail(index))));
    const found = await Promise.all(Array.from({ length: 2_000 }, (_each, index) => isBlocked(leaked(index))));
    expect(found).toEqual(Array.from(found, (_each, index) => index < 1_000));
  });

  test("refuses its passwords wherever a new one is set, by a word that does not hold them", async () => {
    const file = await writeList([`${sha1(leaked(1))}:7\n`]);
    const { node } = await startAccess({ environment: { PASSWORD_BLOCKLIST_FILE: file } });
    const refusal = { userErrors: [{ code: "PASSWORD_TOO_COMMON", field: "password" }] };
    const refused = await node.users.register(anonymous(), { username: "ada", password: leaked(1) });
    expect([refused, JSON.stringify(refused).includes(leaked(1))]).toMatchObject([refusal, false]);
    const ada = await registerUser(node, "ada");
    const change = { currentPassword: PASSWORD, newPassword: leaked(1) };
    expect(await node.account.changePassword(await viewerOf(node, ada.accessToken), change)).toMatchObject([
      { code: "PASSWORD_TOO_COMMON", field: "newPassword" },
    ]);
    await expect(node.users.ensureFirstAdministrator(leaked(1))).rejects.toMatchObject({ field: "ADMIN_PASSWORD" });
    await node.users.ensureFirstAdministrator(leaked(3));
    const { accessToken } = tokensOf(await node.sessions.login(anonymous(), { username: "admin", password: leaked(3) }));
    const admin = await viewerOf(node, accessToken);
    expect(await node.administration.resetPassword(admin, ada.user.id, leaked(1))).toMatchObject(refusal);
    expect(await node.users.create(admin, { username: "bob", password: leaked(1) })).toMatchObject(refusal);
    await rm(file);
    await expect(node.users.register(anonymous(), { username: "eve", password: leaked(4) })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });

  test("that is missing, or is none, is refused at start", async () => {
    const [digest, other] = [sha1("b"), sha1("a")].sort();
    const lists = [[], ["password\n"], [`${other}\n`, `${digest}\n`], [`${digest}:x\n`], [`${"0".repeat(32)}:1\n`]];
    for (const file of ["/nowhere/leaked.txt", tmpdir(), ...(await Promise.all(lists.map(writeList)))]) {
      expect(() => parseConfig({ PASSWORD_BLOCKLIST_FILE: file })).toThrow(/\n {2}PASSWORD_BLOCKLIST_FILE: /);
    }
    expect(() => parseConfig({ PASSWORD_BLOCKLIST_FILE: "/nowhere/leaked.txt" })).toThrow(/cannot be read \(ENOENT\)/);
  });
});
