import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type KeyRing, openKeyRing } from "../../src/keys/key-ring.ts";

/** The path of a key ring file that does not exist yet, in a folder that goes away with the test. */
export function createRingPath(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-ring-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, "keys.json");
}

/** A new key ring in a file of its own. */
export function createTestRing(file = createRingPath()): KeyRing {
  return openKeyRing({ file }, { mayCreate: true });
}
