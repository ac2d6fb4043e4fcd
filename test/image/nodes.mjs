import { readdirSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "./commands.mjs";
import { signalContainer, startContainer, statusOf, untilHealthy } from "./container.mjs";
import { login, register, reveal, save } from "./gateway.mjs";
import { makeVolumes, placeOf } from "./one-node.mjs";
import { startPostgresql } from "./postgresql.mjs";
import { makeDatabaseUrl, makeHosts, makePassword } from "./secrets.mjs";

function require(holds, problem) {
  if (!holds) throw new Error(problem);
}

/** Runs a command to its end in a container beside the nodes; what it says. */
async function command(image, place, args, code = 0) {
  const container = startContainer(image, { ...place, name: "command" }, [...image.command, ...args]);
  require((await container.ended) ===
    code, `${args.join(" ") || "A node"} ended with ${await container.ended}: ${container.output}`);
  return container.output;
}

/** A node whose secret is kept otherwise than the composition says does not start. */
async function refuseSecrets(image, place, secretKept) {
  const lax = await command(image, { ...place, mounts: [...place.mounts, secretKept("lax", 0, 0o444)] }, [], 1);
  require(/anybody may use \/run\/secrets\/database_url \(mode 444\)/.test(lax), lax);
  const foreign = await command(image, { ...place, mounts: [...place.mounts, secretKept("foreign", 0, 0o400)] }, [], 1);
  require(/\/run\/secrets\/database_url cannot be read \(EACCES\)/.test(foreign), foreign);
  say("a secret that everybody may read is refused, and one that another user alone may read cannot be read");
}

/** Starts all nodes at once on nothing at all, and waits until each is ready. */
async function startAll(image, places, running) {
  for (const [index, place] of places.entries()) running[index] = startContainer(image, place);
  for (const [index, place] of places.entries()) await untilHealthy(image, place, running[index]);
  for (const container of running) {
    const [uid] = statusOf(container, "Uid").split("\t");
    require(uid === image.user.split(":")[0], `${container.name} runs as ${uid}`);
    require(Number(`0x${statusOf(container, "CapEff")}`) === 0, `${container.name} has capabilities`);
    require(statusOf(container, "NoNewPrivs") === "1", `${container.name} may get privileges`);
  }
  say(`${places.length} nodes started at once on an empty store and an empty volume are ready, without capabilities`);
}

/** What a first start makes is made once, however many start. */
function requireOneOfEach(image, running, volume) {
  const passwords = running.flatMap(({ output }) => output.match(/^ {2}Password +\S+/gm) ?? []);
  require(passwords.length === 1, `${passwords.length} administrator passwords were shown`);
  const files = readdirSync(volume).sort();
  require(files.join() === "audit-heads.jsonl,keys.json", `The volume holds ${files}`);
  const ring = path.join(volume, "keys.json");
  const { keys } = JSON.parse(readFileSync(ring, "utf8"));
  require(Object.keys(keys).length === 1, `The ring holds ${Object.keys(keys)}`);
  const { uid, mode } = statSync(ring);
  require(uid === Number(image.user.split(":")[0]) && (mode & 0o777) === 0o600, `The ring is ${uid}'s, mode ${mode.toString(8)}`);
  say("one key ring, of one key and mode 600, and one administrator's password came about");
}

/** Whatever one node is told, the others know. */
async function exercise(addresses) {
  const [first, ...others] = addresses;
  const token = await register(first);
  await save(first, token);
  for (const address of others) {
    await reveal(address, token);
    await reveal(first, await login(address));
  }
  say("what is saved at one node is revealed at the others, and each takes the others' tokens");
  return token;
}

/** Kills a node without notice: the others serve on, and so does it, started again. */
async function killOne(image, places, addresses, running, token) {
  const last = running.length - 1;
  signalContainer(running[last], "KILL");
  await running[last].ended;
  for (const address of addresses.slice(0, last)) await reveal(address, token);
  running[last] = startContainer(image, places[last]);
  await untilHealthy(image, places[last], running[last]);
  await reveal(addresses[last], token);
  say("a node that was killed serves again once it is started, and the others did all the while");
}

/** The ring that a command changes is the one that all use. */
async function rotate(image, places, addresses, token) {
  await command(image, places[0], ["keys", "rotate"]);
  for (const address of addresses) {
    await save(address, await login(address));
    await reveal(address, token);
  }
  say("keys are rotated by a command in a container of its own, and all nodes go on with the new one");
}

async function verifyTrail(image, place) {
  const lines = (await command(image, place, ["audit", "verify"])).trim().split("\n");
  say(`audit verify: ${lines.at(-1)}`);
}

async function stopAll(running, graceMs) {
  const since = performance.now();
  for (const container of running) signalContainer(container, "TERM");
  const codes = await Promise.all(running.map(({ ended }) => ended));
  const tookMs = Math.round(performance.now() - since);
  require(codes.every((code) => code === 0) && tookMs < graceMs, `They ended with ${codes} after ${tookMs} ms`);
  say(`SIGTERM ends each with 0, within ${graceMs / 1000} s (${tookMs / 1000} s)`);
}

/** The numbers of the workers that have answered a request. */
function workersIn(output) {
  const lines = output.split("\n").filter((line) => line.startsWith("{") && line.endsWith("}"));
  const answered = lines.map((line) => JSON.parse(line)).filter(({ msg, status }) => msg === "answered" && status === 200);
  return new Set(answered.map(({ worker }) => worker));
}

/** One node of several workers: every one of them answers. */
async function serveByWorkers(image, place, address, workers, graceMs) {
  const count = workers === "auto" ? availableParallelism() : workers;
  const running = [];
  try {
    const several = { ...place, environment: { ...place.environment, WORKERS: String(workers) } };
    running[0] = startContainer(image, several);
    await untilHealthy(image, several, running[0]);
    const token = await login(address);
    for (let tries = 0; tries < 300 && workersIn(running[0].output).size < count; tries += 1) {
      await reveal(address, token);
      await sleep(100);
    }
    const served = [...workersIn(running[0].output)].sort().join(", ");
    require(workersIn(running[0].output).size === count, `Of ${count} workers these served: ${served}`);
    say(`WORKERS=${workers}: the workers ${served} answer at one port`);
  } finally {
    await stopAll(running, graceMs);
  }
}

/** Runs what the image and the composition's services `node` and `postgresql` say. */
export async function proveNodes(image, service, postgresql, folder) {
  const { addresses, replicas, secrets, graceMs } = service;
  require(addresses.length === replicas, `${replicas} nodes have ${addresses.length} ports`);
  const password = makePassword(path.join(folder, "secrets"), postgresql.secrets);
  const server = await startPostgresql(postgresql, password.file, folder);
  const running = [];
  try {
    const secretKept = (kept, owner, mode) =>
      makeDatabaseUrl(path.join(folder, "secrets", kept), secrets, { ...password, port: server.port }, { owner, mode });
    const volumes = makeVolumes(image, service, folder);
    const without = [...volumes, makeHosts(folder, secrets)];
    await refuseSecrets(image, placeOf(service, addresses[0], "node-1", without), secretKept);
    const mounts = [...without, secretKept("kept", Number(image.user.split(":")[0]), 0o400)];
    const places = addresses.map((address, index) => placeOf(service, address, `node-${index + 1}`, mounts));
    await startAll(image, places, running);
    requireOneOfEach(image, running, volumes[0].from);
    const token = await exercise(addresses);
    await killOne(image, places, addresses, running, token);
    await rotate(image, places, addresses, token);
    await verifyTrail(image, places[0]);
    await stopAll(running, graceMs);
    for (const workers of [2, "auto"]) await serveByWorkers(image, places[0], addresses[0], workers, graceMs);
    await verifyTrail(image, places[0]);
  } finally {
    for (const container of running) signalContainer(container, "KILL");
    await Promise.all(running.map(({ ended }) => ended));
    server.stop();
  }
}
