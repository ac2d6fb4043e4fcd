import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Product, startProduct } from "../support/product.ts";
import { defineFault } from "./support/define-fault.ts";
import { runKillRounds } from "./support/kill-rounds.ts";
import { Ledger } from "./support/ledger.ts";
import { startPostgresqlCluster } from "./support/postgresql-cluster.ts";

/** Of so many rounds the database's server is killed in one, stopped at once in another, and the gateway is killed in the rest. */
const TURNS = 6;

defineFault({
  name: "kill-9-postgresql",
  about: "The gateway, or the server of its database, is killed among concurrent writes: every acknowledged one is there.",
  run: async ({ count }) => {
    const cluster = await startPostgresqlCluster();
    const dataDir = mkdtempSync(path.join(tmpdir(), "postern-fault-"));
    const store = { dataDir, databaseUrl: cluster.url };
    let survivor: Product | null = null;
    const strike = async (product: Product, round: number) => {
      const turn = round % TURNS;
      if (turn > 1) return product.end("SIGKILL");
      if (turn === 0) await cluster.signal("SIGKILL", "postmaster");
      else await cluster.stop("immediate");
      survivor = product;
    };
    /** A gateway that outlived its database goes on, and must find it again by itself. */
    const start = async () => {
      if (survivor === null) return startProduct({ dataDir, environment: { DATABASE_URL: cluster.url } });
      const product = survivor;
      survivor = null;
      await cluster.start();
      await product.serving();
      return product;
    };
    try {
      const ledger = new Ledger({ isUnavailableUnknown: true });
      return await runKillRounds({ store, rounds: count(600, 2), start, strike, ledger });
    } finally {
      await cluster.remove();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
});
