import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import Sqlite from "better-sqlite3";
import { startProduct } from "../support/product.ts";
import { defineFault } from "./support/define-fault.ts";
import { runKillRounds } from "./support/kill-rounds.ts";
import { createStoreDisk, type StoreDisk } from "./support/store-disk.ts";

const WRITES = 200;

/** Counts on standard output what SQLite itself has acknowledged. */
const WRITE_ROWS = `
  const [file, synchronous] = process.argv.slice(1);
  const db = new (require("better-sqlite3"))(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = " + synchronous);
  db.exec("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY)");
  for (let id = 1; ; id += 1) {
    db.prepare("INSERT INTO row VALUES (?)").run(id);
    require("fs").writeSync(1, id + "\\n");
  }`;

/** How many acknowledged rows a power cut takes from SQLite alone: the measure must be able to find what is lost. */
async function countLostRows(disk: StoreDisk, synchronous: "NORMAL" | "FULL"): Promise<number> {
  const file = path.join(disk.dataDir, `${synchronous}.db`);
  const child = spawn(process.execPath, ["-e", WRITE_ROWS, file, synchronous], {
    env: { ...process.env, ...disk.environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let acknowledged = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    acknowledged = Number(line);
    if (acknowledged >= WRITES) child.kill("SIGKILL");
  });
  await exited;
  disk.cut();
  const db = new Sqlite(file);
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'row'").get() !== undefined;
  const found = isThere ? db.prepare<[], { n: number }>("SELECT COUNT(*) AS n FROM row").get()?.n : 0;
  db.close();
  return acknowledged - Math.min(acknowledged, found ?? 0);
}

defineFault({
  name: "power-cut",
  about: "The power goes among concurrent writes, and only what was synced is left: every acknowledged write is there.",
  run: async ({ count }) => {
    const disk = createStoreDisk();
    try {
      const lostOnNormal = await countLostRows(disk, "NORMAL");
      const lostOnFull = await countLostRows(disk, "FULL");
      const { cases, figures } = await runKillRounds({
        store: disk,
        rounds: count(100, 4),
        start: () => startProduct(disk),
        strike: async (product) => {
          await product.end("SIGKILL");
          disk.cut();
        },
      });
      return {
        cases,
        figures: [
          { what: "SQLite alone, synchronous = NORMAL: rows lost in one cut", value: lostOnNormal, target: { atLeast: 1 } },
          { what: "SQLite alone, synchronous = FULL: rows lost in one cut", value: lostOnFull, target: { exactly: 0 } },
          ...figures,
        ],
      };
    } finally {
      disk.remove();
    }
  },
});
