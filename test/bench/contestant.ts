import { startProduct } from "../support/product.ts";
import { cpuMsOf, peakMiBOf, resetPeak } from "./process-cost.ts";
import { type ScriptProcess, startScript } from "./script-process.ts";

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
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

function contestant(name: string, port: number, { child, stop }: Pick<ScriptProcess, "child" | "stop">): Contestant {
  const pid = child.pid ?? 0;
  return { name, port, cpuMs: () => cpuMsOf(pid), peakMiB: () => peakMiBOf(pid), resetPeak: () => resetPeak(pid), stop };
}

/** The built product on a store, without limits of rate, ready to answer; its log is written, to nowhere. */
export async function startGateway(env: Readonly<Record<string, string>> & { readonly DATA_DIR: string }): Promise<Contestant> {
  const unlimited = { RATE_LIMIT_PER_MINUTE: "0", GENERAL_RATE_LIMIT_PER_MINUTE: "0", CALLER_RATE_LIMIT_PER_MINUTE: "0" };
  const product = await startProduct({
    dataDir: env.DATA_DIR,
    environment: { NODE_ENV: "production", LOG_LEVEL: "info", ...unlimited, ...env },
    through: ["taskset", "-c", String(SERVER_CORE)],
  });
  await product.serving();
  return contestant("postern", Number(new URL(product.url).port), { child: product.child, stop: () => product.end("SIGTERM") });
}

/** A floor, or what stands in for an upstream: a script that says its port on its first line. */
export async function startFloor(
  name: string,
  script: string,
  env: Readonly<Record<string, string>>,
  core = SERVER_CORE,
): Promise<Contestant> {
  const process = startScript(script, { core, env });
  return contestant(name, Number(await process.nextLine()), process);
}
