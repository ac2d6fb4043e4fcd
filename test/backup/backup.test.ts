import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { verifyTrail } from "../../src/audit/trail-verification.ts";
import { runBackupCommand } from "../../src/commands/backup.ts";
import {
  backUp,
  openTarget,
  PASSPHRASE,
  read,
  restore,
  save,
  secretFile,
  secretOf,
  signIn,
  startSource,
} from "../support/backups.ts";
import { openTestStore } from "../support/database.ts";
import { ADMIN_PASSWORD, startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { appCode, turnSecondFactorOn } from "../support/totp.ts";

const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }";

describe("a backup", () => {
  it("made while fifty writers are at work restores to one point in time, every secret readable, and the fork is on record", {
    timeout: 120_000,
  }, async () => {
    // One is there already: of many first ones at once, only one could become the default.
    const { store, gateway, token } = await startSource("first");
    let isOver = false;
    const acknowledged: string[] = [];
    const writers = Array.from({ length: 50 }, async (_, writer) => {
      for (let round = 0; !isOver; round += 1) {
        const label = `writer ${writer} round ${round}`;
        await save(gateway, token, label);
        acknowledged.push(label);
      }
    });
    await sleep(300);
    const before = [...acknowledged];
    const { code, file } = await backUp(gateway, "--without-keys");
    isOver = true;
    await Promise.all(writers);
    expect(code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const target = await openTarget(store);
    expect((await restore(target, file)).code).toBe(0);
    const restored = await startGateway({}, target);
    const { client } = restored.services.database;
    const credentials = await client.credential.findMany({ include: { versions: true } });
    const labels = new Set(credentials.map(({ label }) => label));
    expect(before.filter((label) => !labels.has(label))).toEqual([]);
    // One point in time: each credential with its version and its event.
    const saved = await client.auditEvent.findMany({ where: { action: "CREDENTIAL_SAVED" } });
    expect(saved.map(({ targetId }) => targetId).sort()).toEqual(credentials.map(({ id }) => id).sort());
    expect(credentials.every(({ versions }) => versions.length === 1)).toBe(true);
    expect(await client.auditEvent.count({ where: { action: "BACKUP_RESTORED" } })).toBe(1);
    const fresh = await signIn(restored, "ada", "correct horse battery staple");
    for (const label of labels) expect(await read(restored, fresh, label)).toBe(secretOf(label));
  });

  it("holds no key-encryption key, no secret and no name in the clear, and signs nobody in", async () => {
    const { store, gateway, token, passphrase } = await startSource("one");
    const { file } = await backUp(gateway, "--passphrase-file", passphrase);
    const bytes = readFileSync(file);
    const ring = JSON.parse(readFileSync(path.join(store.dataDir, "keys.json"), "utf8")) as { keys: Record<string, string> };
    const [key = ""] = Object.values(ring.keys);
    const forms = [key, Buffer.from(key, "base64url"), secretOf("one"), "ada@example.test", "app-login"];
    expect(forms.filter((form) => bytes.includes(form))).toEqual([]);
    const target = await openTarget(store);
    await restore(target, file, "--passphrase-file", passphrase);
    const restored = await startGateway({}, target);
    expect(await restored.query("{ me { username } }", {}, token)).toEqual({ data: { me: null } });
  });

  it("left without keys is encrypted to the ring of its store, and opens with nothing else", async () => {
    const { store, gateway } = await startSource("one");
    const { code, file } = await backUp(gateway, "--without-keys");
    expect([code, readFileSync(file).includes("ada@example.test")]).toEqual([0, false]);
    const other = await startSource();
    expect((await restore(other.store, file, "--force")).lines[0]).toMatch(/key ring is not the one/);
    const target = await openTarget(store);
    expect((await restore(target, file)).code).toBe(0);
    const restored = await startGateway({}, target);
    expect(await read(restored, await signIn(restored, "ada", "correct horse battery staple"), "one")).toBe(secretOf("one"));
  });

  it("is refused with another ring, or none, and the store keeps what it has", async () => {
    const { gateway, passphrase } = await startSource("one");
    const { file } = await backUp(gateway, "--passphrase-file", passphrase);
    const other = await startSource("theirs");
    const refused = await restore(other.store, file, "--passphrase-file", passphrase, "--force");
    expect([refused.code, refused.lines[0]]).toEqual([
      1,
      expect.stringMatching(/sealed with the key kek_\w+, which the key ring/),
    ]);
    expect(await read(other.gateway, other.token, "theirs")).toBe(secretOf("theirs"));
    const empty = await openTestStore();
    expect((await restore(empty, file, "--passphrase-file", passphrase)).code).toBe(1);
    expect(existsSync(path.join(empty.dataDir, "keys.json"))).toBe(false);
  });

  it("cut, lengthened or flipped at any of many places is refused, and the store keeps what it has", {
    timeout: 120_000,
  }, async () => {
    const { store, gateway, token } = await startSource("one");
    // Encrypted to the ring: to try a passphrase a hundred times takes long by intention.
    const { file } = await backUp(gateway, "--without-keys");
    await save(gateway, token, "later");
    const whole = readFileSync(file);
    const random = () => randomBytes(4).readUInt32BE() % whole.length;
    const places = [0, 17, 40, whole.indexOf("\n", 18) + 2, whole.length - 1, ...Array.from({ length: 45 }, random)];
    const damaged = [
      ...places.map((place) => Buffer.from(whole.map((byte, index) => (index === place ? byte ^ 0x41 : byte)))),
      ...places.map((place) => whole.subarray(0, place)),
      Buffer.concat([whole, Buffer.of(0)]),
      Buffer.concat([whole, whole]),
    ];
    const accepted: number[] = [];
    for (const [index, bytes] of damaged.entries()) {
      writeFileSync(`${file}.damaged`, bytes);
      if ((await restore(store, `${file}.damaged`, "--force")).code !== 1) accepted.push(index);
    }
    expect(damaged.length).toBeGreaterThanOrEqual(100);
    expect(accepted).toEqual([]);
    expect([await read(gateway, token, "one"), await read(gateway, token, "later")]).toEqual([
      secretOf("one"),
      secretOf("later"),
    ]);
  });

  it("replaces what a store holds only with --force", async () => {
    const { store, gateway, token } = await startSource("one");
    const { file } = await backUp(gateway, "--without-keys");
    await save(gateway, token, "later");
    const refused = await restore(store, file);
    expect([refused.code, refused.lines[0]]).toEqual([1, expect.stringMatching(/holds users or credentials already/)]);
    expect(await read(gateway, token, "later")).toBe(secretOf("later"));
    await gateway.close();
    expect((await restore(store, file, "--force")).code).toBe(0);
    const again = await startGateway({}, store);
    const fresh = await signIn(again, "ada", "correct horse battery staple");
    expect([await read(again, fresh, "one"), await read(again, fresh, "later")]).toEqual([secretOf("one"), "NOT_FOUND"]);
  });

  it("over a trail that went on signs where it forks: verify knows the restore, and still finds what is cut off", {
    timeout: 120_000,
  }, async () => {
    const { store, gateway, token } = await startSource("first");
    await gateway.services.audit.signHeads();
    const { file } = await backUp(gateway, "--without-keys");
    for (const label of ["second", "third"]) await save(gateway, token, label);
    await gateway.services.audit.signHeads();
    await gateway.close();
    expect((await restore(store, file, "--force")).code).toBe(0);

    const restored = await startGateway({}, store);
    const { database, auditSecret: secret, config } = restored.services;
    const headsFile = config.auditHeadsFile;
    const verify = () => verifyTrail({ database, secret, headsFile });
    const verdict = await verify();
    expect(verdict).toMatchObject({ faultCount: 0, forks: [{ restoredAt: expect.any(Date), chains: expect.any(Number) }] });
    const [event] = await database.client.auditEvent.findMany({ where: { action: "BACKUP_RESTORED" } });
    const said = JSON.parse(event?.details ?? "{}") as Record<string, unknown>;
    expect(said).toMatchObject({ by: expect.any(String), chainsGivenUp: verdict.forks[0]?.chains });

    // What the restore brought back is held to what it signed, and nothing but its signature excuses the rest.
    const link = await database.client.auditEvent.findFirstOrThrow({ where: { action: "CREDENTIAL_SAVED" } });
    const [chainId, sequence] = [String(link.chainId), Number(link.sequence)];
    const lines = readFileSync(headsFile, "utf8");
    await database.client.auditAnchor.deleteMany({ where: { chainId } });
    await database.client.auditEvent.deleteMany({ where: { chainId, sequence: { gte: sequence } } });
    expect((await verify()).faults).toEqual([expect.objectContaining({ kind: "TRUNCATED", chainId, sequence })]);
    writeFileSync(headsFile, lines.replaceAll('"kind":"RESTORED"', '"kind":"HEAD"'));
    await database.client.auditAnchor.deleteMany({ where: { kind: "RESTORED" } });
    expect((await verify()).faults.map(({ kind }) => kind)).toContain("TRUNCATED");
    writeFileSync(headsFile, lines.replaceAll('"kind":"HEAD"', '"kind":"RESTORED"'));
    expect((await verify()).faults.map(({ kind }) => kind)).toContain("UNSIGNED");
  });

  it("that is portable needs an administrator's password, and another key ring takes its credentials over", async () => {
    const { gateway, passphrase } = await startSource("one", "two");
    const { secret } = await turnSecondFactorOn(gateway, (await gateway.signUp("bob")).token);
    const wrong = secretFile("wrong", "not the password of anybody");
    const right = secretFile("right", ADMIN_PASSWORD);
    const asked = ["--passphrase-file", passphrase, "--portable", "--as", "admin", "--password-file"];
    expect((await backUp(gateway, ...asked, wrong)).code).toBe(1);
    const { code, file } = await backUp(gateway, ...asked, right);
    expect(code).toBe(0);
    const elsewhere = await openTestStore();
    expect((await restore(elsewhere, file, "--passphrase-file", passphrase)).code).toBe(0);
    const restored = await startGateway({}, elsewhere);
    expect(restored.services.ring.ids()).not.toEqual(gateway.services.ring.ids());
    const fresh = await signIn(restored, "ada", "correct horse battery staple");
    expect([await read(restored, fresh, "one"), await read(restored, fresh, "two")]).toEqual([secretOf("one"), secretOf("two")]);
    // Second factors are sealed as well: they go along, and ask on.
    const login = (code: string) => restored.query(LOGIN, { input: { username: "bob", password: USER_PASSWORD, code } });
    expect((await login("000000")).data).toEqual({ login: { accessToken: null } });
    expect((await login(appCode(secret, new Date()))).data).toEqual({ login: { accessToken: expect.any(String) } });
  });

  it("with a wrong or short passphrase, one that others can read, or over a file that is there is refused in words", async () => {
    const { store, gateway, passphrase } = await startSource("one");
    const { file } = await backUp(gateway, "--passphrase-file", passphrase);
    const wrong = secretFile("wrong", "another passphrase altogether");
    const short = secretFile("short", "too short");
    expect((await restore(store, file, "--passphrase-file", wrong, "--force")).lines[0]).toMatch(
      /a wrong passphrase, or the file was/,
    );
    expect((await backUp(gateway, "--passphrase-file", short)).lines[0]).toMatch(/at least 12 characters/);
    writeFileSync(path.join(store.dataDir, "open"), PASSPHRASE, { mode: 0o644 });
    expect((await backUp(gateway, "--passphrase-file", path.join(store.dataDir, "open"))).lines[0]).toMatch(/make it 600/);
    const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
    const print = () => {};
    const args = ["--to", file, "--passphrase-file", passphrase];
    expect(await runBackupCommand(args, { open: async () => gateway.services, print })).toBe(1);
    expect(createHash("sha256").update(readFileSync(file)).digest("hex")).toBe(digest);
    rmSync(file);
  });

  it("that cannot be put on record leaves no file", async () => {
    const { gateway, store } = await startSource("one");
    const { client } = gateway.services.database;
    await client.$executeRaw`ALTER TABLE "AuditEvent" RENAME TO "Elsewhere"`;
    await expect(backUp(gateway, "--without-keys")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(readdirSync(store.dataDir).filter((name) => name.startsWith("backup-"))).toEqual([]);
    await client.$executeRaw`ALTER TABLE "Elsewhere" RENAME TO "AuditEvent"`;
  });

  it("takes no name that is taken, though nothing can be read under it, and a place that cannot be written is told", async () => {
    const { gateway, store } = await startSource("one");
    const link = path.join(store.dataDir, "link");
    symlinkSync(path.join(store.dataDir, "nowhere"), link);
    const backUpTo = async (file: string) => {
      const lines: string[] = [];
      const dependencies = { open: async () => gateway.services, print: (line: string) => void lines.push(line) };
      return { code: await runBackupCommand(["--to", file, "--without-keys"], dependencies), lines };
    };
    expect(await backUpTo(link)).toEqual({ code: 1, lines: [`${link}: is there already; a backup replaces nothing`] });
    expect(readlinkSync(link)).toBe(path.join(store.dataDir, "nowhere"));
    const below = path.join(store.dataDir, "none", "backup");
    expect(await backUpTo(below)).toEqual({ code: 1, lines: [`${below}: cannot be written (ENOENT)`] });
    expect(await restore(store, store.dataDir)).toEqual({ code: 1, lines: [`${store.dataDir}: cannot be read (EISDIR)`] });
  });

  const misunderstood = [
    [],
    ["--to", "x"],
    ["--to", "", "--without-keys"],
    ["--to", "x", "--without-keys", "--passphrase-file", "y"],
    ["--to", "x", "--portable"],
  ];
  it.each(misunderstood.map((args) => [args]))(
    "%j is not understood: the usage is printed, and no store is opened",
    async (args) => {
      const lines: string[] = [];
      const open = () => Promise.reject(new Error("opened"));
      expect(await runBackupCommand(args, { open, print: (line) => lines.push(line) })).toBe(64);
      expect(lines[0]).toMatch(/^Usage: npm run backup/);
    },
  );
});
