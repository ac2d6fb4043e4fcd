import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
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

/** The lines that the linter calls weak in a file of these statements. */
function findWeak(statements: readonly string[]): number[] {
  const file = "src/keys/weak-sample.ts";
  writeFileSync(file, `${statements.join("\n")}\n`);
  onTestFinished(() => rmSync(file, { force: true }));
  const run = spawnSync("npx", ["biome", "lint", "--reporter=github", "--max-diagnostics=100", file], { encoding: "utf8" });
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
