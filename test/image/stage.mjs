import { cpSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { read, run, say } from "./commands.mjs";
import { readEnv } from "./dockerfile.mjs";
import { CERTIFICATES } from "./roots.mjs";

/** The files of the context that `.dockerignore` lets through: all is left out but what it names. */
function contextFiles() {
  const allowed = readFileSync(".dockerignore", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("!"));
  return read("git", ["ls-files", "--", ...allowed.map((line) => line.slice(1))]).split("\n");
}

function copyInto(root, build, workdir, rest) {
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

function runIn(root, workdir, rest) {
  const env = {
    NODE_EXTRA_CA_CERTS: `/${CERTIFICATES}`,
    PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/bin",
    npm_config_registry: read("npm", ["config", "get", "registry"]),
    npm_config_nodedir: "/opt/headers",
  };
  const mounts = `mount -t proc proc ${root}/proc && mount --rbind /dev ${root}/dev`;
  const enter = `exec unshare --root=${root} --wd=${workdir} sh -c "$1"`;
  run("unshare", ["--mount", "sh", "-c", `${mounts} && ${enter}`, "sh", rest], { env });
}

/**
 * Carries a stage out in its root; gives what a container of it would be started with. `build` is the root of the stage that
 * files are copied from.
 */
export function carryOut({ instructions }, root, build) {
  const image = { root, workdir: "/", env: {}, user: "0:0", command: [], health: [] };
  for (const [keyword, rest] of instructions) {
    say(`${keyword} ${rest.slice(0, 100)}`);
    if (keyword === "WORKDIR") {
      image.workdir = rest;
      mkdirSync(path.join(root, rest), { recursive: true });
    } else if (keyword === "COPY") copyInto(root, build, image.workdir, rest);
    else if (keyword === "RUN") runIn(root, image.workdir, rest);
    else if (keyword === "ENV") Object.assign(image.env, readEnv(rest));
    else if (keyword === "USER") image.user = rest;
    else if (keyword === "ENTRYPOINT") image.command = JSON.parse(rest);
    else if (keyword === "HEALTHCHECK") image.health = JSON.parse(/CMD (\[.*\])/.exec(rest)[1]);
  }
  return image;
}
