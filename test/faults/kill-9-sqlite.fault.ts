import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startProduct } from "../support/product.ts";
import { defineFault } from "./support/define-fault.ts";
import { runKillRounds } from "./support/kill-rounds.ts";

defineFault({
  name: "kill-9-sqlite",
  about: "The gateway on SQLite is killed among concurrent writes: every acknowledged one is there after the restart.",
  run: async ({ count }) => {
    const dataDir = mkdtempSync(path.join(tmpdir(), "postern-fault-"));
    try {
      return await runKillRounds({
        store: { dataDir },
        rounds: count(500, 4),
        start: () => startProduct({ dataDir }),
        strike: (product) => product.end("SIGKILL"),
      });
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
});
