import { cpSync } from "node:fs";
import path from "node:path";
import { run, say } from "./commands.mjs";
import { signalContainer, startContainer, untilHealthy } from "./container.mjs";
import { login, register, reveal, save } from "./gateway.mjs";

/** Volumes of a service, new as an engine makes them: each with what the image has in its place. */
export function makeVolumes(image, { volumes }, folder) {
  return volumes.map(([name, to]) => {
    const from = path.join(folder, "volumes", name);
    cpSync(path.join(image.root, to), from, { recursive: true });
    run("chown", [image.user, from]);
    return { from, to };
  });
}

/** How a container of the service is started that is reached at the address. */
export function placeOf({ environment, core }, { host, port }, name, mounts) {
  return { name, environment: { ...environment, HOST: host, PORT: String(port) }, mounts, core };
}

/** What people can do with a running gateway: a credential is kept at the first start, and revealed at every one. */
async function exercise(address, isFirst) {
  const token = await (isFirst ? register : login)(address);
  if (isFirst) await save(address, token);
  await reveal(address, token);
}

async function requireReadOnly(image, place) {
  const write =
    'try { require("fs").writeFileSync("/app/dist/x", "") } catch (error) { process.exit(error.code === "EROFS" ? 0 : 1) }';
  const code = await startContainer(image, place, [image.command[0], "-e", `${write} process.exit(2)`]).ended;
  if (code !== 0) throw new Error("The root file system can be written.");
  say("outside of /data nothing can be written");
}

/** Runs what the image and the service `postern` say. */
export async function proveOneNode(image, service, folder) {
  const [address] = service.addresses;
  const place = placeOf(service, address, "postern", makeVolumes(image, service, folder));
  for (const isFirst of [true, false]) {
    const gateway = startContainer(image, place);
    try {
      await untilHealthy(image, place, gateway);
      await exercise(address, isFirst);
    } finally {
      signalContainer(gateway, "TERM");
      await gateway.ended;
    }
    const start = isFirst ? "first" : "second";
    say(`${start} start: the health check passes, a credential is revealed, SIGTERM ends it with ${await gateway.ended}`);
  }
  await requireReadOnly(image, place);
}
