import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Sqlite from "better-sqlite3";
import pg from "pg";
import { onTestFinished } from "vitest";

/** The store of another system, built for a test and gone with it. */
export type OldStore = {
  /** What `--source` names it by. */
  readonly source: string;
  run(sql: string): Promise<void>;
  insert(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
  /** Of every byte that the system stored. */
  checksum(): Promise<string>;
};

const quote = (name: string) => `"${name}"`;
const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

/** An old store of the kind that the running project tests on. */
export function createOldStore(...statements: readonly string[]): Promise<OldStore> {
  return process.env.TEST_DATABASE === "postgresql" ? createPostgresqlStore(statements) : createSqliteStore(statements);
}

/** A SQLite file, as SQLAlchemy would have left it. */
export async function createSqliteStore(statements: readonly string[]): Promise<OldStore> {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-old-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const source = path.join(folder, "app.db");
  const use = (work: (db: Sqlite.Database) => void) => {
    const db = new Sqlite(source);
    work(db);
    db.close();
  };
  use((db) => db.exec(statements.join(";\n")));
  return {
    source,
    run: async (sql) => use((db) => db.exec(sql)),
    insert: async (table, rows) =>
      use((db) => {
        for (const row of rows) {
          const [names, values] = [
            Object.keys(row),
            Object.values(row).map((value) => (value === true ? 1 : value === false ? 0 : value)),
          ];
          db.prepare(`INSERT INTO ${table} (${names.map(quote)}) VALUES (${names.map(() => "?")})`).run(values);
        }
      }),
    checksum: async () => sha256(readFileSync(source)),
  };
}

async function createPostgresqlStore(statements: readonly string[]): Promise<OldStore> {
  const name = `postern_old_${randomBytes(8).toString("hex")}`;
  const url = new URL(process.env.DATABASE_URL ?? "");
  const use = async <Result>(target: string, work: (client: pg.Client) => Promise<Result>) => {
    const client = new pg.Client({ connectionString: target });
    await client.connect();
    return await work(client).finally(() => client.end());
  };
  await use(url.href, (client) => client.query(`CREATE DATABASE ${name}`));
  onTestFinished(() => use(process.env.DATABASE_URL ?? "", (client) => client.query(`DROP DATABASE ${name}`)).then(() => {}));
  url.pathname = `/${name}`;
  await use(url.href, (client) => client.query(statements.join(";\n")));
  return {
    source: url.href,
    run: (sql) => use(url.href, (client) => client.query(sql)).then(() => {}),
    insert: (table, rows) =>
      use(url.href, async (client) => {
        for (const row of rows) {
          const names = Object.keys(row);
          const places = names.map((_, index) => `$${index + 1}`);
          await client.query(`INSERT INTO ${table} (${names.map(quote)}) VALUES (${places})`, Object.values(row));
        }
      }),
    checksum: () => use(url.href, async (client) => sha256(JSON.stringify(await dumpTables(client)))),
  };
}

/** Every row with the transaction that wrote it last: an update that changes nothing shows too. */
async function dumpTables(client: pg.Client): Promise<unknown> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  const dumps = [];
  for (const { name } of rows) dumps.push((await client.query(`SELECT xmin, t::text FROM "${name}" t`)).rows);
  return dumps;
}
