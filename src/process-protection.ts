import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import inspector from "node:inspector";
import { ConfigError } from "./config.ts";

/** What writes the process's memory, and with it every secret in it, to a file or a socket, or the keys of its connections. */
const LEAKING_FLAGS =
  /(?:^|[\s"'])(--inspect(?!-publish)[a-z-]*|--heapsnapshot-[a-z-]+|--heap-prof|--report-on-signal|--report-uncaught-exception|--report-on-fatalerror|--abort-on-uncaught-exception|--tls-keylog|--experimental-(?:default-)?config-file)(?=$|[\s="'])/;

export type ProtectedProcess = Pick<NodeJS.Process, "execArgv" | "env" | "pid" | "on">;

/**
 * Keeps the process's memory in the process: no debugger, no heap snapshot, no core dump, no library that prints what it
 * works on. To be called before those are loaded.
 * @throws {ConfigError} when Node was started with a flag that writes memory out
 */
export function protectProcess(self: ProtectedProcess = process, onWarning: (message: string) => void = () => {}): void {
  // Node takes either dash or underscore within a flag.
  const given = [...self.execArgv, self.env.NODE_OPTIONS ?? ""].join(" ").replaceAll("_", "-");
  const [, flag] = LEAKING_FLAGS.exec(given) ?? [];
  if (flag !== undefined || inspector.url() !== undefined) {
    throw new ConfigError(`Postern does not start with ${flag ?? "--inspect"}: it would give away the secrets in its memory.`);
  }
  if (self.env.DEBUG !== undefined) {
    // Prisma would print every query with its arguments: names as somebody typed them, password hashes.
    delete self.env.DEBUG;
    onWarning("DEBUG is not heeded, because libraries would print what they are given; LOG_LEVEL is Postern's own");
  }
  // Node opens its debugger at SIGUSR1 unless somebody listens.
  self.on("SIGUSR1", () => {});
  if (process.platform === "linux" && !withoutCoreDumps(self.pid)) {
    onWarning("core dumps could not be turned off: start Postern with `ulimit -c 0`");
  }
}

/** A core dump without memory in it, and none at all where `prlimit` is installed; both are inherited. */
function withoutCoreDumps(pid: number): boolean {
  const limited = spawnSync("prlimit", [`--pid=${pid}`, "--core=0:0"], { stdio: "ignore", timeout: 5_000 }).status === 0;
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
    return true;
  } catch {
    return limited;
  }
}
