import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import Sqlite from "better-sqlite3";
import { beginningOf, chainRecords } from "../../src/audit/audit-chain.ts";
import { toAuditRecord } from "../../src/audit/audit-record.ts";
import { verifyTrail } from "../../src/audit/trail-verification.ts";
import { parseConfig } from "../../src/config.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { createLog } from "../../src/log.ts";
import { openStore, type Store } from "../../src/store.ts";
import { entryOf } from "../support/audit.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";

const CHAINS = 10;
const LINKS_AT_ONCE = 10_000;

/** Fills the trail with chains as nodes make them, by the driver alone: a million events would take Prisma half an hour. */
function fill({ auditSecret }: Store, dataDir: string, count: number): void {
  const connection = new Sqlite(path.join(dataDir, "app.db"));
  const columns =
    `id action outcome actorType actorId targetType targetId ownerId ip correlationId details createdAt chainId sequence mac`.split(
      " ",
    );
  const names = columns.map((column) => `"${column}"`).join(", ");
  const insert = connection.prepare(`INSERT INTO "AuditEvent" (${names}) VALUES (${columns.map(() => "?").join(", ")})`);
  for (let chain = 0; chain < CHAINS; chain += 1) {
    const chainId = makeId("chain");
    let end = beginningOf(auditSecret, chainId);
    for (let left = count / CHAINS; left > 0; left -= LINKS_AT_ONCE) {
      const entries = Array.from({ length: Math.min(left, LINKS_AT_ONCE) }, (_, index) =>
        entryOf(`user_${index}`, { details: { index } }),
      );
      const records = entries.map((entry) => toAuditRecord(entry, { makeId, clock: systemClock }));
      const chained = chainRecords(auditSecret, chainId, end, records);
      end = chained.end;
      connection.transaction(() => {
        for (const link of chained.links) {
          const row: Readonly<Record<string, unknown>> = {
            ...link,
            createdAt: link.createdAt.toISOString().replace("Z", "+00:00"),
          };
          insert.run(columns.map((column) => row[column] ?? null));
        }
      })();
    }
  }
  connection.close();
}

/** Verifies in this process: the verdict, how long the event loop was held meanwhile, and the processor's time, in milliseconds. */
async function verifyHere({ database, auditSecret: secret }: Store) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = process.cpuUsage();
  let turns = 0;
  delay.enable();
  const verdict = await verifyTrail({
    database,
    secret,
    headsFile: null,
    onProgress: () => {
      turns += 1;
    },
  });
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  return { verdict, worstMs: delay.max / 1e6, p99Ms: delay.percentile(99) / 1e6, processorMs: (user + system) / 1e3, turns };
}

/** The operator's command, to its end. */
async function verifyByCommand(dataDir: string) {
  const began = performance.now();
  const child = spawn(process.execPath, [path.resolve("dist/main.js"), "audit", "verify"], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (piece) => {
    printed += String(piece);
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { isWhole: code === 0 && printed.includes(": whole"), seconds: (performance.now() - began) / 1_000 };
}

const round = (value: number) => Math.round(value * 10) / 10;

async function run({ count }: FaultOptions): Promise<Figures> {
  const rows = count(1_000_000, 20_000);
  const dataDir = mkdtempSync(path.join(tmpdir(), "postern-verify-"));
  const config = parseConfig({ DATA_DIR: dataDir });
  const store = await openStore(config, createLog("silent"));
  try {
    fill(store, dataDir, rows);
    const { verdict, worstMs, p99Ms, processorMs, turns } = await verifyHere(store);
    await store.database.close();
    const { isWhole, seconds } = await verifyByCommand(dataDir);
    return {
      cases: rows,
      figures: [
        { what: "faults of a whole trail", value: verdict.faultCount + (isWhole ? 0 : 1), target: { exactly: 0 } },
        {
          what: "processor time from one turn of the event loop to the next, ms",
          value: round(processorMs / turns),
          target: { atMost: 20 },
        },
        { what: "event loop late, p99, ms", value: round(p99Ms), target: { atMost: 100 } },
        { what: "event loop late, most, ms", value: round(worstMs) },
        { what: "in the gateway, processor time, s", value: round(processorMs / 1_000) },
        { what: "`npm run audit -- verify`, s", value: round(seconds), target: { atMost: 60 } },
      ],
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

defineFault({
  name: "audit-verify",
  about: "A long audit trail is verified, in a process that serves and by command: nothing else waits for it.",
  run,
});
