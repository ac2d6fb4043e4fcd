import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { cpuMsOf, peakMiBOf, resetPeak } from "./process-cost.ts";
import { type ScriptProcess, startProduct, startScript } from "./script-process.ts";

/** A server under load: the product, or a floor that it is held against. */
export type Contestant = {
  readonly name: string;
  readonly port: number;
  cpuMs(): number;
  peakMiB(): number;
  resetPeak(): void;
  stop(): Promise<void>;
};

/** The core that servers run on; the load runs on the other. */
const SERVER_CORE = 0;
export const LOAD_CORE = 1;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}

function contestant(name: string, port: number, { child, stop }: ScriptProcess): Contestant {
  const pid = child.pid ?? 0;
  return { name, port, cpuMs: () => cpuMsOf(pid), peakMiB: () => peakMiBOf(pid), resetPeak: () => resetPeak(pid), stop };
}

/** The built product on a store, without limits of rate, ready to answer. */
export async function startGateway(env: Readonly<Record<string, string>>): Promise<Contestant> {
  const port = await freePort();
  const unlimited = { RATE_LIMIT_PER_MINUTE: "0", GENERAL_RATE_LIMIT_PER_MINUTE: "0", CALLER_RATE_LIMIT_PER_MINUTE: "0" };
  const process = startProduct({ core: SERVER_CORE, env: { PORT: String(port), ...unlimited, ...env } });
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
  for (let tries = 0; !(await isReady()); tries += 1) {
    if (tries > 300 || process.child.exitCode !== null) throw new Error("The product did not start.");
    await wait(100);
  }
  return contestant("postern", port, process);
}

/** A floor: a script that says its port on its first line. */
export async function startFloor(name: string, script: string, env: Readonly<Record<string, string>>): Promise<Contestant> {
  const process = startScript(script, { core: SERVER_CORE, env });
  return contestant(name, Number(await process.nextLine()), process);
}
