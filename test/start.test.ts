import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";

const MAIN = path.resolve("dist/main.js");
const running = new Set<ReturnType<typeof spawn>>();
const folders = new Set<string>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Starts the built program and gives what it printed by the time it ended, or by the time that it printed `until`. */
async function startProgram(environment: Record<string, string>, until?: string): Promise<string> {
  return (await spawnProgram(environment, { until })).printed;
}

type Spawning = { readonly flags?: readonly string[]; readonly words?: readonly string[]; readonly until?: string | undefined };

async function spawnProgram(environment: Record<string, string>, { flags = [], words = [], until = "\0" }: Spawning) {
  const child = spawn(process.execPath, [...flags, MAIN, ...words], {
    // Where Node leaves a profile, which it writes although the program refuses to run.
    cwd: makeFolder(),
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.add(child);
  let printed = "";
  await new Promise<void>((resolve) => {
    child.stderr?.on("data", (piece) => {
      printed += String(piece);
      if (printed.includes(until)) resolve();
    });
    child.on("close", () => resolve());
  });
  return { child, printed, printedLater: () => printed };
}

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-start-"));
  folders.add(folder);
  return folder;
}

/** A port that another program listens on. */
async function takePort(): Promise<{ readonly port: string; free(): Promise<void> }> {
  const server = createServer((socket) => void socket.resume());
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? String(address.port) : "";
  return { port, free: () => new Promise((resolve) => void server.close(() => resolve())) };
}

describe("a first start", () => {
  it("whose port is taken says so in words, and the administrator's password is not lost", { timeout: 60_000 }, async () => {
    const taken = await takePort();
    const environment = { DATA_DIR: makeFolder(), PORT: taken.port, LOG_LEVEL: "silent" };
    const printed = await startProgram(environment);
    await taken.free();
    const password = /Password +(\S+)/.exec(printed)?.[1];
    expect(printed.split("\n").at(-2)).toMatch(/^Another program.*listens there.*Stop it, or set PORT\.$/);

    await startProgram(environment, "Postern listens on");
    const response = await fetch(`http://127.0.0.1:${taken.port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        query: 'mutation ($password: String!) { login(input: { username: "admin", password: $password }) { user { role } } }',
        variables: { password },
      }),
    });
    expect(await response.json()).toEqual({ data: { login: { user: { role: "ADMIN" } } } });
  });

  it("with a database that takes the connection and says nothing ends, in words", { timeout: 60_000 }, async () => {
    const { port, free } = await takePort();
    onTestFinished(free);
    const printed = await startProgram({ DATABASE_URL: `postgresql://postern:secret@127.0.0.1:${port}/postern` });
    expect(printed).toBe("The store cannot be reached just now. Try again.\n");
  });

  it("with a folder or a database that cannot be used says why, without a stack", { timeout: 60_000 }, async () => {
    const aFile = { DATA_DIR: MAIN };
    const noServer = { DATABASE_URL: "postgresql://postern:secret@127.0.0.1:9/postern" };
    expect([await startProgram(aFile), await startProgram(noServer)]).toEqual([
      expect.stringMatching(/^Postern cannot start: EEXIST: [^\n]*\.\n$/),
      expect.stringMatching(/^Postern cannot start: connect ECONNREFUSED [^\n]*\.\n$/),
    ]);
  });
});

const LEAKING_FLAGS = [
  "--inspect=127.0.0.1:0",
  "--heapsnapshot-signal=SIGUSR2",
  "--heapsnapshot_signal=SIGUSR2",
  "--heapsnapshot-near-heap-limit=1",
  "--heap-prof",
  "--report-on-signal",
  "--report-uncaught-exception",
  "--report-on-fatalerror",
  "--abort-on-uncaught-exception",
  "--tls-keylog=/dev/null",
];

describe("the memory of the process", () => {
  it("is refused to be written out: no start, and no command, with a flag of Node's that does", {
    timeout: 120_000,
  }, async () => {
    const refusal = (flag: string) =>
      expect.stringContaining(`Postern does not start with ${flag.replaceAll("_", "-").split("=")[0]}: it would give away`);
    const environment = { DATA_DIR: makeFolder(), LOG_LEVEL: "silent" };
    for (const flag of LEAKING_FLAGS) {
      const { printed, child } = await spawnProgram(environment, { flags: [flag] });
      expect([printed, child.exitCode]).toEqual([refusal(flag), 1]);
    }
    const inOptions = await spawnProgram({ ...environment, NODE_OPTIONS: '--no-warnings "--heapsnapshot-signal=SIGUSR2"' }, {});
    expect(inOptions.printed).toEqual(refusal("--heapsnapshot-signal"));
    const command = await spawnProgram(environment, { flags: ["--heap-prof"], words: ["config", "check"] });
    expect(command.printed).toEqual(refusal("--heap-prof"));
  });

  it("stays where it is while it runs: no core dump, and no debugger for a signal", { timeout: 60_000 }, async () => {
    const taken = await takePort();
    await taken.free();
    const environment = { DATA_DIR: makeFolder(), PORT: taken.port, LOG_LEVEL: "silent" };
    const { child, printedLater } = await spawnProgram(environment, { until: "Postern listens on" });
    const told = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, "utf8");
    expect(told("limits")).toMatch(/^Max core file size +0 +0 +bytes/m);
    expect(Number.parseInt(told("coredump_filter"), 16)).toBe(0);

    child.kill("SIGUSR1");
    expect((await fetch(`http://127.0.0.1:${taken.port}/health`)).status).toBe(200);
    expect(printedLater()).not.toContain("Debugger");
    expect(child.exitCode).toBeNull();
  });
});
