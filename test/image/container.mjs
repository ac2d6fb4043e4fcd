import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { read } from "./commands.mjs";

/** An engine makes what something is mounted on where the image lacks it. */
function makeMountPoint(root, { from, to }) {
  const point = path.join(root, to);
  if (existsSync(point)) return;
  mkdirSync(statSync(from).isDirectory() ? point : path.dirname(point), { recursive: true });
  if (!existsSync(point)) writeFileSync(point, "");
}

/** The shell's words that lay a container's file system, in a mount namespace of its own. */
function mountWords(image, root, mounts) {
  return [
    `mount --bind ${image.root} ${root} && mount -o remount,bind,ro ${root}`,
    ...mounts.map(({ from, to, isReadOnly }) => {
      const words = `mount --bind ${from} ${root}${to}`;
      return isReadOnly ? `${words} && mount -o remount,bind,ro ${root}${to}` : words;
    }),
    `mount -t proc proc ${root}/proc && mount --rbind /dev ${root}/dev`,
  ];
}

/**
 * Starts a command, the image's own unless one is given, as a container would be: its root can only be read, its volumes alone
 * are written, it is process 1 of a machine with another name and another user than root, and has no capability and no way to
 * get one. It shares the machine's network.
 */
export function startContainer(image, { name, environment, mounts, core }, command = image.command) {
  const root = path.join(path.dirname(image.root), "mounted");
  mkdirSync(root, { recursive: true });
  for (const mount of mounts) makeMountPoint(image.root, mount);
  const [uid, gid] = image.user.split(":");
  const capabilities = "--no-new-privs --clear-groups --inh-caps=-all --bounding-set=-all,+sys_chroot,+setuid,+setgid";
  const enter = `exec setpriv ${capabilities} unshare --root=${root} --wd=${image.workdir} --setgid=${gid} --setuid=${uid} "$@"`;
  const words = [`hostname ${name}`, `ulimit -c ${core}`, ...mountWords(image, root, mounts), enter].join(" && ");
  const isolation = ["--mount", "--uts", "--fork", "--pid", "--kill-child"];
  const child = spawn("unshare", [...isolation, "sh", "-c", words, "sh", ...command], {
    env: { PATH: "/usr/bin:/usr/sbin:/bin:/sbin", ...image.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const container = { name, child, output: "", isOver: false, ended: once(child, "close") };
  container.ended = container.ended.then(([code, signal]) => {
    container.isOver = true;
    return code ?? signal;
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      container.output += text;
    });
  return container;
}

/** Sends the container's process 1 a signal. */
export function signalContainer({ child, isOver }, signal) {
  if (!isOver) read("pkill", [`-${signal}`, "-P", String(child.pid)]);
}

/** Waits until the image's health check passes in such a container. */
export async function untilHealthy(image, place, container) {
  for (let tries = 0; tries < 120 && !container.isOver; tries += 1) {
    if ((await startContainer(image, place, image.health).ended) === 0) return;
    await sleep(500);
  }
  throw new Error(`The health check of ${place.name} never passed:\n${container.output}`);
}

/** What the kernel says of the container's process 1 in a line of its status. */
export function statusOf({ child }, line) {
  const pid = read("pgrep", ["-P", String(child.pid)]);
  return new RegExp(`^${line}:\\s*(.*)$`, "m").exec(read("cat", [`/proc/${pid}/status`]))[1];
}
