// node test/image/prove.mjs FOLDER: carries out the Dockerfile's instructions in folders instead of images, as root on Debian with
// debootstrap, apt and PostgreSQL, and runs what came of them as compose.yaml says: another user, a root that cannot be written,
// no capability; one node on SQLite, then the profile `nodes`.
//
// What differs: Debian's packages stand in for the base images and PostgreSQL's, Node comes from npm, better-sqlite3 is compiled,
// since its published binary is not on npm, and all share this machine's network: a node listens at the port that is mapped for it.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { read, say } from "./commands.mjs";
import { readService } from "./compose.mjs";
import { readStages } from "./dockerfile.mjs";
import { proveNodes } from "./nodes.mjs";
import { proveOneNode } from "./one-node.mjs";
import { makeBuildRoot, makeRuntimeRoot } from "./roots.mjs";
import { carryOut } from "./stage.mjs";

const folder = path.resolve(process.argv[2] ?? "");
if (process.argv[2] === undefined || existsSync(folder)) throw new Error("Name a folder that is not there yet.");

function buildImage() {
  const [build, runtime] = ["build", "runtime"].map((name) => path.join(folder, name));
  const [buildStage, runtimeStage] = readStages("Dockerfile");
  makeBuildRoot(buildStage, build, folder);
  carryOut(buildStage, build);
  makeRuntimeRoot(runtime, folder);
  return carryOut(runtimeStage, runtime, build);
}

/** Told before the image is built, which takes minutes. */
async function requireFreePorts(addresses) {
  for (const address of addresses) {
    const server = createServer().listen(address);
    await once(server, "listening");
    server.close();
  }
}

const [postern, node, postgresql] = ["postern", "node", "postgresql"].map((name) => readService("compose.yaml", name));
await requireFreePorts([...postern.addresses, ...node.addresses]);
const image = buildImage();
await proveOneNode(image, postern, folder);
await proveNodes(image, node, postgresql, folder);
say(`proven: ${read("du", ["-sh", "--apparent-size", image.root]).split("\t")[0]} image`);
