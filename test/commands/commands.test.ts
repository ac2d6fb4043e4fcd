import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";

const MAIN = path.resolve("dist/main.js");

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-command-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Runs the built program with the words, and gives how it ended and what it said. */
async function run(words: readonly string[], environment: Readonly<Record<string, string>>, stdout: number | "pipe" = "pipe") {
  const env = { PATH: process.env.PATH, LOG_LEVEL: "silent", ...environment };
  const child = spawn(process.execPath, [MAIN, ...words], { env, stdio: ["ignore", stdout, "pipe"] });
  const ended = new Promise<number | null>((resolve) => void child.once("close", resolve));
  const read = (stream: Readable | null) => (stream === null ? "" : text(stream));
  const [code, output, errors] = await Promise.all([ended, read(child.stdout), read(child.stderr)]);
  return { code, output, errors };
}

/** A folder with a store in it, in which nothing has happened. */
async function makeStore(): Promise<string> {
  const folder = makeFolder();
  expect(await run(["import", "--from", "environment"], { DATA_DIR: folder })).toMatchObject({ code: 0 });
  return folder;
}

describe("a command", () => {
  it("whose words are not understood ends with 64, whichever it is, says what it takes, and makes no store", {
    timeout: 120_000,
  }, async () => {
    const folder = makeFolder();
    const taken = [];
    for (const name of ["audit", "keys", "import", "backup", "restore", "users", "config", "nonsense"]) {
      const { code, output, errors } = await run([name, "--nonsense"], { DATA_DIR: folder });
      taken.push([name, code, output.split("\n")[0]?.replace(/:.*/, ""), errors]);
    }
    const names = ["audit", "keys", "import", "backup", "restore", "users", "config"];
    expect(taken).toEqual([
      ...names.map((name) => [name, 64, "Usage", ""]),
      ["nonsense", 64, "There is no command nonsense. Known are", ""],
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("makes no store where none is, and says where it looked", { timeout: 120_000 }, async () => {
    const folder = makeFolder();
    const passphrase = path.join(makeFolder(), "passphrase");
    writeFileSync(passphrase, "a passphrase that nobody guesses\n", { mode: 0o600 });
    const asked = [
      ["audit", "verify"],
      ["keys", "list"],
      ["users", "reset-password", "admin"],
      ["backup", "--to", path.join(folder, "backup"), "--passphrase-file", passphrase],
    ];
    const refused = await Promise.all(asked.map((words) => run(words, { DATA_DIR: folder })));
    const errors = `There is no store in DATA_DIR (${folder}): a start, an import or a restore makes one.\n`;
    expect(refused).toEqual(asked.map(() => ({ code: 1, output: "", errors })));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("whose output does not arrive, on a disk that is full, ends with 1 and says so", { timeout: 60_000 }, async () => {
    const full = openSync("/dev/full", "w");
    onTestFinished(() => closeSync(full));
    const { code, errors } = await run(["audit", "export"], { DATA_DIR: await makeStore() }, full);
    expect([code, errors]).toEqual([1, expect.stringMatching(/^Not all of the output could be written: ENOSPC[^\n]*\.\n$/)]);
  });

  it("writes its own lines to standard output, and the log's elsewhere", { timeout: 60_000 }, async () => {
    const folder = await makeStore();
    // Heads cannot be written to a folder, which the log tells at the end.
    const { code, output, errors } = await run(["audit", "export"], { DATA_DIR: folder, AUDIT_HEADS_FILE: folder });
    expect([
      code,
      output
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { type?: string }).type),
    ]).toEqual([0, ["header", "event", "end"]]);
    expect(errors).toContain("the signed heads of the audit chains could not be written");
  });
});
