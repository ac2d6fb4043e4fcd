import type { Config } from "./config.ts";
import { openStoreClock } from "./database/store-clock.ts";
import { createGateway } from "./gateway.ts";
import { limitHeapGrowth } from "./heap-growth.ts";
import { listenForMetrics } from "./http/metrics.ts";
import { createLog } from "./log.ts";
import { createLogOutput } from "./log-output.ts";
import { createStatementTracer } from "./observability/traced-statements.ts";
import { startTracing } from "./observability/tracing.ts";
import { createServices } from "./services.ts";
import { openStore } from "./store.ts";
import { DRAIN_MS, joinPrimary, workerNumber } from "./worker.ts";

/** Longest time for the last lines of the log to be taken. */
const FLUSH_MS = 1_000;

/** Longest time for a statement while requests wait, in milliseconds: a database that is frozen or locked is said to be away. */
const STATEMENT_MS = 2_000;

function administratorNote(password: string): string {
  return ["", "  Administrator   admin", `  Password        ${password}   (shown this once)`, ""].join("\n");
}

/** Workers count from 1, and each has a port of its own. */
function addressOf({ host, port }: { readonly host: string; readonly port: number }, worker: number | null) {
  return { host, port: port + (worker ?? 1) - 1 };
}

/** Serves in this process, with the pages in `publicDir`, until a signal ends it; resolves when it listens. */
export async function serve(config: Config, publicDir: string): Promise<void> {
  limitHeapGrowth();
  const number = workerNumber();
  const output = createLogOutput(process.stdout);
  const log = createLog(config.LOG_LEVEL, output, number === null ? null : { worker: number });
  const tracing = await startTracing(config, log);
  const trace = tracing === null ? undefined : createStatementTracer(tracing);
  const store = await openStore(config, log, { statementMs: STATEMENT_MS, trace });
  const services = createServices(config, store, log, await openStoreClock(store.database), tracing);
  const app = await createGateway(services, log, { publicDir });
  const { administratorPassword } = await services.start();
  // Before anything else can fail: a port that is taken must not lose the password for good.
  if (administratorPassword !== null) process.stderr.write(administratorNote(administratorPassword));
  await app.listen({ host: config.HOST, port: config.PORT });
  const metrics =
    config.METRICS_LISTEN && (await listenForMetrics(addressOf(config.METRICS_LISTEN, number), services.exposition));
  joinPrimary();

  const stop = async (signal: NodeJS.Signals) => {
    log.info({ signal }, "stopping");
    const overdue = setTimeout(() => process.exit(1), DRAIN_MS);
    await app.draining.drain(config.STOP_GRACE_SECONDS * 1_000, config.STOP_IDLE_SECONDS * 1_000);
    await app.close();
    metrics?.close();
    await services.stop();
    await tracing?.close();
    clearTimeout(overdue);
    await output.flush(FLUSH_MS);
    // What nobody reads would keep the process.
    process.exit(0);
  };
  let isStopping = false;
  const stopOnce = (signal: NodeJS.Signals) => {
    // A worker at a terminal is sent both, by the terminal and by its primary.
    if (!isStopping) void stop(signal);
    isStopping = true;
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stopOnce);
}
