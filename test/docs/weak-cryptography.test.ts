import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const WEAK = [
  "Math.random();",
  'createHash("md5");',
  "crypto.createHash('sha1');",
  'createHmac("SHA-1", key);',
  'createCipher("aes-256-cbc", key);',
  'crypto.createCipheriv("aes-256-gcm", key, iv);',
  "crypto.pseudoRandomBytes(16);",
  "tokenHash === other;",
  "user.password !== given;",
  "given == expectedSignature;",
];
const SOUND = ['createHash("sha256");', "token === null;", "typeof secret === kind;", 'password === "";', "isSecret === wanted;"];

/** The lines that the linter calls weak in a file of these statements, in a house of its own: other tests read `src/`. */
function findWeak(statements: readonly string[]): number[] {
  const house = mkdtempSync(path.join(tmpdir(), "postern-test-lint-"));
  onTestFinished(() => rmSync(house, { recursive: true, force: true }));
  for (const part of ["biome.json", ".gitignore", ".ci/weak-cryptography.grit"])
    cpSync(part, path.join(house, part), { recursive: true });
  const file = "src/keys/sample.ts";
  mkdirSync(path.join(house, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(house, file), `${statements.join("\n")}\n`);
  const biome = path.resolve("node_modules/.bin/biome");
  const words = ["lint", "--reporter=github", "--max-diagnostics=100", file];
  const run = spawnSync(biome, words, { cwd: house, encoding: "utf8" });
  const found = `${run.stdout}${run.stderr}`.matchAll(/title=plugin,file=[^,]*,line=(\d+)/g);
  return [...new Set([...found].map(([, line]) => Number(line)))].sort((a, b) => a - b);
}

describe("the lint rule against weak cryptography", () => {
  it("finds guessable randomness, other ciphers, broken digests and secrets compared with ===, and leaves sound code alone", {
    timeout: 60_000,
  }, () => {
    expect(findWeak([...WEAK, ...SOUND])).toEqual(WEAK.map((_, index) => index + 1));
  });
});
