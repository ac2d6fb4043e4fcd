import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseConfig } from "../../../src/config.ts";
import { createCredentialVersionSource } from "../../../src/credentials/credential-version.sealed-source.ts";
import { createEnvelope } from "../../../src/keys/envelope.ts";
import { createKeyRotation } from "../../../src/keys/rotation.ts";
import { createLog } from "../../../src/log.ts";
import { openStore } from "../../../src/store.ts";

// Re-wraps the data keys of a copy of the store as a rotation does, and the same keys in memory: says the milliseconds of both.
const { DATA_DIR = "" } = process.env;
const dataDir = mkdtempSync(path.join(tmpdir(), "postern-rewrap-"));
cpSync(DATA_DIR, dataDir, { recursive: true });
const { database, ring, checks } = await openStore(parseConfig({ DATA_DIR: dataDir }), createLog("error"));
const source = createCredentialVersionSource(database);
const rotation = createKeyRotation({
  ring,
  envelope: createEnvelope(ring),
  sources: [source],
  checks,
  onProgress: () => {},
  sleep: async () => {},
});
const old = ring.primary().id;
await rotation.begin();

const envelope = createEnvelope(ring);
const records = await source.nextBatch(ring.primary().id, null, 1_000);
let bare = 0;
let count = 0;
const total = await source.countUnder(old);
while (count < total) {
  const begin = performance.now();
  for (const { context, keyId, wrappedKey } of records) await envelope.rewrap(context, { keyId, wrappedKey });
  bare += performance.now() - begin;
  count += records.length;
}
const begin = performance.now();
const { rewrapped } = await rotation.rewrap();
const whole = performance.now() - begin;
await database.close();
rmSync(dataDir, { recursive: true });
process.stdout.write(`${JSON.stringify({ rewrapped, whole, bare })}\n`);
