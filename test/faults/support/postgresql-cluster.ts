import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { findFreePort } from "../../support/product.ts";

const run = promisify(execFile);
const START_LIMIT_MS = 30_000;

/** A PostgreSQL server of a fault's own, durable as in production, that may be stopped, frozen and killed. */
export type PostgresqlCluster = {
  readonly url: string;
  /** A new database beside that of `url`, empty or a copy of one that nobody has open; its own URL. */
  createDatabase(original?: string): Promise<string>;
  start(): Promise<void>;
  /** `immediate` ends it like a crash. */
  stop(mode: "fast" | "immediate"): Promise<void>;
  /** Sends a signal to the postmaster alone, or to it and every process of its. */
  signal(signal: NodeJS.Signals, to: "postmaster" | "all"): Promise<void>;
  /** Stops it and removes its files. */
  remove(): Promise<void>;
};

/** The newest installed server's programs. */
function findPrograms(): string {
  const root = "/usr/lib/postgresql";
  const [newest] = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return path.join(root, newest ?? "", "bin");
}

/** Runs a program as the one that may run PostgreSQL, which root may not. */
async function runAsPostgres(program: string, args: readonly string[]): Promise<string> {
  const command = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--", program] : [program];
  const [file = "", ...first] = command;
  return (await run(file, [...first, ...args])).stdout;
}

/** A database as text, as an operator's dump has it; what differs from dump to dump is left out. */
export async function dumpPostgresql(url: string, ...options: readonly string[]): Promise<string> {
  const { stdout } = await run(path.join(findPrograms(), "pg_dump"), [...options, url], { maxBuffer: 256 * 1024 * 1024 });
  // Newer ones wrap the text into a random word against what psql could be made to do.
  return stdout.replaceAll(/^\\(un)?restrict .*$/gm, "");
}

/** A new cluster with one empty database, started. Its files are flushed (`fsync`), since that is what is put to the test. */
export async function startPostgresqlCluster(): Promise<PostgresqlCluster> {
  const programs = findPrograms();
  const folder = mkdtempSync(path.join(tmpdir(), "postern-cluster-"));
  if (process.getuid?.() === 0) {
    const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
    chownSync(folder, await id("-u"), await id("-g"));
  }
  const port = await findFreePort();
  const pgCtl = (...args: string[]) => runAsPostgres(path.join(programs, "pg_ctl"), ["-D", folder, "-w", "-s", ...args]);
  const start = async () => {
    const settings = [`port=${port}`, "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`, "max_connections=100"];
    const options = settings.map((setting) => `-c ${setting}`).join(" ");
    const limit = performance.now() + START_LIMIT_MS;
    for (;;) {
      try {
        return void (await pgCtl("-l", path.join(folder, "log"), "-o", options, "start"));
      } catch (error) {
        // What a killed postmaster leaves behind ends by itself, soon.
        if (performance.now() > limit) throw error;
        await sleep(200);
      }
    }
  };
  const postmaster = () => Number(readFileSync(path.join(folder, "postmaster.pid"), "utf8").split("\n")[0]);
  await runAsPostgres(path.join(programs, "initdb"), [
    "-D",
    folder,
    "-E",
    "UTF8",
    "--locale=C.UTF-8",
    "--auth=trust",
    "-U",
    "postgres",
  ]);
  await start();
  const urlOf = (database: string) => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  return {
    url: urlOf("postgres"),
    createDatabase: async (original) => {
      const name = `postern_fault_${randomBytes(8).toString("hex")}`;
      const client = new pg.Client({ connectionString: urlOf("postgres") });
      await client.connect();
      const template = original === undefined ? "template1" : path.basename(new URL(original).pathname);
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`).finally(() => client.end());
      return urlOf(name);
    },
    start,
    stop: async (mode) => void (await pgCtl("-m", mode, "stop")),
    signal: async (signal, to) => {
      const parent = postmaster();
      // Children first: a postmaster that is killed takes the list with it.
      const children = to === "all" ? readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ") : [];
      for (const pid of [...children.map(Number), parent]) process.kill(pid, signal);
    },
    remove: async () => {
      await pgCtl("-m", "immediate", "stop").catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
