import { writeSync } from "node:fs";
import { openDatabase } from "../../src/database/database.ts";
import { openKeyRing } from "../../src/keys/key-ring.ts";
import { createTestRotation } from "./sealed-credentials.ts";

// A process of its own, to be killed: re-wraps the store and the ring that its environment names.
const { DATA_DIR = "", STORE_URL, RING_FILE = "" } = process.env;
const database = await openDatabase({ DATA_DIR, DATABASE_URL: STORE_URL });
const ring = openKeyRing({ file: RING_FILE }, { mayCreate: false });
await createTestRotation(database, ring, (line) => writeSync(1, `${line}\n`)).rewrap();
await database.close();
