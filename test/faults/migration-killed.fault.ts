import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type Product, spawnProduct, startProduct } from "../support/product.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { signIn } from "./support/fault-nodes.ts";
import { type CreateStore, DATABASES, environmentOf, type FaultStore, withStores } from "./support/fault-stores.ts";
import { countMigrations, makeOlderStore, migrateAllBut, readOldRows, readSchema } from "./support/older-store.ts";
import { dumpPostgresql } from "./support/postgresql-cluster.ts";
import { withStore } from "./support/store-check.ts";

/** Kills are spread over this many times as long as the migrations took undisturbed: what a first start makes comes behind. */
const SPREAD = 1.5;
/** Where the short form's one kill stands in that: well before the last migration, also where the kill itself comes late. */
const EARLY = 0.15;
const UNKNOWN = "29990101000000_of_a_newer_build";

/** A store to start over, and what must be there once it was. */
type Case = { readonly original: FaultStore; readonly tookMs: number; readonly schema: string; readonly rows: string };

async function prepareCase(create: CreateStore, database: (typeof DATABASES)[number], isOlder: boolean): Promise<Case> {
  const original = await create(database);
  if (isOlder) await makeOlderStore(original);
  const undisturbed = await create(database, original);
  const tookMs = await migrateAllBut(undisturbed, 0);
  return { original, tookMs, schema: await readSchema(undisturbed), rows: await readOldRows(undisturbed) };
}

/** Resolves when a process has begun to migrate the store; on a starved machine that may be missed, and it serves already. */
async function waitForMigration(store: FaultStore, product: Product): Promise<void> {
  let isServing = false;
  product.ready().then(
    () => {
      isServing = true;
    },
    () => undefined,
  );
  if (store.databaseUrl === undefined) {
    while (!isServing && !existsSync(path.join(store.dataDir, "app.db-wal"))) await sleep(1);
    return;
  }
  const client = new pg.Client({ connectionString: store.databaseUrl });
  await client.connect();
  const isLocked = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory'
    AND "database" = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  while (!isServing && (await client.query(isLocked)).rowCount === 0) await sleep(1);
  await client.end();
}

/** How many migrations a killed process has left; asked of a copy, so that the next start finds what it left. */
async function countLeft(store: FaultStore): Promise<number> {
  if (store.databaseUrl !== undefined) return countMigrations(store);
  const copy = mkdtempSync(path.join(tmpdir(), "postern-fault-"));
  cpSync(store.dataDir, copy, { recursive: true });
  return countMigrations({ dataDir: copy }).finally(() => rmSync(copy, { recursive: true }));
}

/** Kills one start at a part of its time to migrate, and lets the next one finish. */
async function killOnce(create: CreateStore, database: (typeof DATABASES)[number], wanted: Case, part: number) {
  const store = await create(database, wanted.original);
  const options = { dataDir: store.dataDir, environment: environmentOf(store) };
  const killed = await spawnProduct(options);
  await waitForMigration(store, killed);
  await sleep(part * SPREAD * wanted.tookMs);
  await killed.end("SIGKILL");
  const left = await countLeft(store);
  const product = await startProduct(options);
  const faults: string[] = [];
  try {
    await signIn(product, "admin", "login");
  } catch (error) {
    faults.push(String(error));
  } finally {
    await product.end("SIGKILL");
  }
  if ((await readSchema(store)) !== wanted.schema) faults.push("another schema than that of an undisturbed start");
  if ((await readOldRows(store)) !== wanted.rows) faults.push("rows were lost or changed");
  faults.push(...(await withStore(store, async (_query, damage) => damage)));
  const isAmong = left < (await countMigrations(store));
  if (faults.length > 0) console.error([`${database}, killed behind ${left} migrations`, ...faults].join("\n"));
  return { store, isAmong, faults: faults.length };
}

/** Every byte of a store, or every row of it. */
async function digestOf({ dataDir, databaseUrl }: FaultStore): Promise<string> {
  const text = databaseUrl === undefined ? readFileSync(path.join(dataDir, "app.db")) : await dumpPostgresql(databaseUrl);
  return createHash("sha256").update(text).digest("hex");
}

/** What is wrong with how a store is met that a newer build has migrated further. */
async function meetNewerStore(store: FaultStore): Promise<string[]> {
  const insert = `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "applied_steps_count")
    SELECT 'newer', "checksum", '${UNKNOWN}', "finished_at", 1 FROM "_prisma_migrations" LIMIT 1 RETURNING "id"`;
  await withStore(store, (query) => query(insert));
  const before = await digestOf(store);
  const product = await spawnProduct({ dataDir: store.dataDir, environment: environmentOf(store) });
  const [code] = await product.ended;
  const faults = [
    ...(code === 1 ? [] : [`it ended with ${code}`]),
    ...(product.printed().includes(`${UNKNOWN}, which this build does not know`) ? [] : [`it said ${product.printed()}`]),
    ...((await digestOf(store)) === before ? [] : ["the store was written to"]),
  ];
  if (faults.length > 0) console.error(faults.join("\n"));
  return faults;
}

async function run({ count, isShort }: FaultOptions): Promise<Figures> {
  const rounds = count(13, 1);
  const total = { kills: 0, among: 0, faults: 0, newer: 0 };
  await withStores(async (create) => {
    for (const database of DATABASES) {
      let last: FaultStore | undefined;
      for (const isOlder of isShort ? [true] : [false, true]) {
        const wanted = await prepareCase(create, database, isOlder);
        for (let round = 0; round < rounds; round += 1) {
          const { store, isAmong, faults } = await killOnce(create, database, wanted, isShort ? EARLY : (round + 0.5) / rounds);
          total.kills += 1;
          total.among += Number(isAmong);
          total.faults += faults;
          last = store;
        }
      }
      if (last !== undefined) total.newer += (await meetNewerStore(last)).length;
    }
  });
  return {
    cases: total.kills,
    figures: [
      { what: "kills before the last migration", value: total.among, target: { atLeast: 1 } },
      { what: "not resumed whole: schema, rows, sign-in", value: total.faults, target: { exactly: 0 } },
      { what: "a newer build's store: not refused, or written to", value: total.newer, target: { exactly: 0 } },
    ],
  };
}

defineFault({
  name: "migration-killed",
  about:
    "A start is killed while it migrates an empty or an older store: the next one finishes it, and no row is lost. A newer one is left alone.",
  run,
});
