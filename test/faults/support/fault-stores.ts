import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type PostgresqlCluster, startPostgresqlCluster } from "./postgresql-cluster.ts";

/** Where a gateway of a fault keeps its data. */
export type FaultStore = { readonly dataDir: string; readonly databaseUrl?: string };

export const DATABASES = ["SQLite", "PostgreSQL"] as const;

/** Makes a store on one of the databases: an empty one, or a copy of one that nobody has open. */
export type CreateStore = (database: (typeof DATABASES)[number], original?: FaultStore) => Promise<FaultStore>;

/** Folders, and databases on a server of PostgreSQL that starts when it is needed, all gone when the work is done. */
export async function withStores<Result>(work: (create: CreateStore) => Promise<Result>): Promise<Result> {
  let cluster: PostgresqlCluster | undefined;
  const root = mkdtempSync(path.join(tmpdir(), "postern-fault-"));
  const create: CreateStore = async (database, original) => {
    const dataDir = mkdtempSync(path.join(root, "store-"));
    if (original !== undefined) cpSync(original.dataDir, dataDir, { recursive: true });
    if (database === "SQLite") return { dataDir };
    cluster ??= await startPostgresqlCluster();
    return { dataDir, databaseUrl: await cluster.createDatabase(original?.databaseUrl) };
  };
  return work(create).finally(async () => {
    await cluster?.remove();
    rmSync(root, { recursive: true, force: true });
  });
}

/** What a gateway over the store is started with. */
export function environmentOf({ databaseUrl }: FaultStore): Readonly<Record<string, string>> {
  return databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
}
