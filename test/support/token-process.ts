import { writeSync } from "node:fs";
import { openDatabase } from "../../src/database/database.ts";
import { systemClock } from "../../src/identifiers.ts";
import { openKeyRing } from "../../src/keys/key-ring.ts";
import { startTokenNode } from "./token-node.ts";

// A node in a process of its own, to be killed: asks for the token of the credential that its environment names.
const { DATA_DIR = "", STORE_URL, RING_FILE = "", LOGIN_URL = "", LEASE_MS, CREDENTIAL_ID = "" } = process.env;
const database = await openDatabase({ DATA_DIR, DATABASE_URL: STORE_URL });
const ring = openKeyRing({ file: RING_FILE }, { mayCreate: false });
const leaseMs = Number(LEASE_MS);
const node = startTokenNode({ database, databaseUrl: STORE_URL, ring, clock: systemClock, loginUrl: LOGIN_URL, leaseMs });
const { accessToken } = await node.broker.issue(CREDENTIAL_ID, { version: 1 });
writeSync(1, `${accessToken}\n`);
await node.close();
await database.close();
