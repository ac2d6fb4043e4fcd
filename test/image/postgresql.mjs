import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { read, say } from "./commands.mjs";

export async function findFreePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** The newest installed server's programs. */
function findPrograms() {
  const root = "/usr/lib/postgresql";
  const [newest] = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return path.join(root, newest, "bin");
}

/** Gives a file or a folder to the one user who may run PostgreSQL, and to nobody else. */
function giveToPostgres(file) {
  chownSync(file, Number(read("id", ["-u", "postgres"])), Number(read("id", ["-g", "postgres"])));
}

function initialize(asPostgres, home, user, password) {
  const file = path.join(home, "password");
  writeFileSync(file, password, { mode: 0o600 });
  giveToPostgres(file);
  const authentication = ["--auth-local=trust", "--auth-host=scram-sha-256", `--pwfile=${file}`];
  asPostgres("initdb", "-D", "data", "-E", "UTF8", "--locale=C.UTF-8", `--username=${user}`, ...authentication);
}

/**
 * Runs what the composition says of PostgreSQL, with the newest one that is installed here, at 127.0.0.1 and a free port, as
 * its image's entry point would: the database is made by a server that no network reaches, and which nobody may take for ready.
 */
export async function startPostgresql({ image, environment, health }, passwordFile, folder) {
  const home = path.join(folder, "postgresql");
  mkdirSync(home, { mode: 0o700 });
  giveToPostgres(home);
  const port = await findFreePort();
  // Where the image's programs look unless they are told otherwise.
  const env = { PATH: `${findPrograms()}:/usr/sbin:/usr/bin:/sbin:/bin`, PGHOST: home, PGPORT: String(port) };
  const asPostgres = (...command) =>
    execFileSync("runuser", ["-u", "postgres", "--", ...command], { cwd: home, env, stdio: ["ignore", "ignore", "inherit"] });
  const control = (...args) => asPostgres("pg_ctl", "-D", "data", "-w", "-s", ...args);
  const start = (addresses) =>
    control("-l", "log", "-o", `-c listen_addresses='${addresses}' -c unix_socket_directories=${home}`, "start");
  const isHealthy = () => spawnSync(health[0], health.slice(1), { env, stdio: "ignore" }).status === 0;

  const user = environment.POSTGRES_USER;
  initialize(asPostgres, home, user, readFileSync(passwordFile, "utf8").trim());
  start("");
  asPostgres("createdb", "-U", user, user);
  const isEarly = isHealthy();
  control("-m", "fast", "stop");
  if (isEarly) throw new Error("The health check of PostgreSQL passes before the network reaches it.");
  start("127.0.0.1");
  while (!isHealthy()) await sleep(200);
  say(`${read("postgres", ["--version"], { env })} stands in for ${image}: its health check passes once the network reaches it`);
  return { port, stop: () => control("-m", "fast", "stop") };
}
