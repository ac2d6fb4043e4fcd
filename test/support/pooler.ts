import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { findFreePort } from "./product.ts";

async function isTaken(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const outcome = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(
    () => false,
  );
  socket.destroy();
  return outcome;
}

/**
 * A real pgbouncer in transaction mode before the database of the URL, with so few server connections that every client
 * gets another one all the time; gone with the test. The URL to reach the database through it.
 */
export async function startPooler(databaseUrl: string): Promise<string> {
  const target = new URL(databaseUrl);
  const folder = mkdtempSync(path.join(tmpdir(), "postern-pooler-"));
  const file = path.join(folder, "pgbouncer.ini");
  const port = await findFreePort();
  const login = `user=${target.username}${target.password ? ` password=${target.password}` : ""}`;
  const settings = [
    "[databases]",
    `* = host=${target.hostname} port=${target.port || 5432} ${login}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    "default_pool_size = 3",
    "server_round_robin = 1",
  ];
  writeFileSync(file, settings.join("\n"));
  chmodSync(folder, 0o755);
  // It refuses to run as root.
  const command = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--", "pgbouncer"] : ["pgbouncer"];
  const [program = "", ...args] = [...command, "-q", file];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
    rmSync(folder, { recursive: true, force: true });
  });
  while (!(await isTaken(port))) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    await sleep(20);
  }
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  return url.href;
}
