import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";

const MAIN = path.resolve("dist/main.js");

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-command-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Runs the built program with the words, and gives how it ended and what it said. */
async function run(words: readonly string[], environment: Readonly<Record<string, string>>) {
  const env = { PATH: process.env.PATH, LOG_LEVEL: "silent", ...environment };
  const child = spawn(process.execPath, [MAIN, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => void child.once("close", resolve));
  const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, output, errors };
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
});
