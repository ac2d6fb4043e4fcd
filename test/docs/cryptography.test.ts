import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const inventory = readFileSync(".github/CRYPTOGRAPHY.md", "utf8");

function readSources(): string[] {
  const files = readdirSync("src", { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile() && file.name.endsWith(".ts") && !file.parentPath.includes("generated"))
    .map((file) => readFileSync(path.join(file.parentPath, file.name), "utf8"));
}

/** Every first group of the pattern's matches in the code, once. */
function findAll(pattern: RegExp): string[] {
  return [...new Set(readSources().flatMap((text) => [...text.matchAll(pattern)].map(([, name = ""]) => name)))].sort();
}

const missing = (names: readonly string[]) => names.filter((name) => !inventory.includes(`\`${name}\``));

describe("the inventory of cryptography", () => {
  it("names every purpose that the code seals for", () => {
    const purposes = findAll(/purpose: "([a-z-]+)"/g);
    expect(purposes.length).toBeGreaterThanOrEqual(5);
    expect(missing(purposes)).toEqual([]);
  });

  it("names every digest and every function of libsodium that the code calls", () => {
    const names = [
      ...findAll(/create(?:Hash|Hmac)\("([a-z0-9-]+)"/g),
      ...findAll(/sodium\.(crypto_[a-z0-9_]+)\(/g),
      ...findAll(/\b(randomBytes|randomInt|randomUUID|timingSafeEqual)\(/g),
    ];
    expect(names.length).toBeGreaterThanOrEqual(8);
    expect(missing(names)).toEqual([]);
  });
});
