import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";

const MAIN = path.resolve("dist/main.js");
const running = new Set<ReturnType<typeof spawn>>();
const folders = new Set<string>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Starts the built program and gives what it printed by the time it ended, or by the time that it printed `until`. */
async function startProgram(environment: Record<string, string>, until = "\0"): Promise<string> {
  const child = spawn(process.execPath, [MAIN], {
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
  return printed;
}

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-start-"));
  folders.add(folder);
  return folder;
}

/** A port that another program listens on. */
async function takePort(): Promise<{ readonly port: string; free(): Promise<void> }> {
  const server = createServer();
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

  it("with a folder or a database that cannot be used says why, without a stack", { timeout: 60_000 }, async () => {
    const aFile = { DATA_DIR: MAIN };
    const noServer = { DATABASE_URL: "postgresql://postern:secret@127.0.0.1:9/postern" };
    expect([await startProgram(aFile), await startProgram(noServer)]).toEqual([
      expect.stringMatching(/^Postern cannot start: EEXIST: [^\n]*\.\n$/),
      expect.stringMatching(/^Postern cannot start: connect ECONNREFUSED [^\n]*\.\n$/),
    ]);
  });
});
