import { Writable } from "node:stream";
import { parseConfig } from "../../src/config.ts";
import { createLog } from "../../src/log.ts";
import { createStatementTracer } from "../../src/observability/traced-statements.ts";
import { startTracing } from "../../src/observability/tracing.ts";
import { createServices } from "../../src/services.ts";
import { openStore } from "../../src/store.ts";
import type { TestStore } from "./database.ts";

export const ADMIN_PASSWORD = "an administrator's passphrase";

/** Passwords at the least cost that can be configured: at the product's own, half of a test's time would be theirs. */
export const LEAST_PASSWORD_COST = { PASSWORD_MEMORY_KIB: "19456", PASSWORD_PASSES: "2" };

/** All services on a store as a test's gateway has them, not started yet; upstreams on 127.0.0.1 are allowed. */
export async function openServices(store: Omit<TestStore, "remove">, environment: Readonly<Record<string, string>> = {}) {
  let lines = "";
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines += chunk;
      done();
    },
  });
  const config = parseConfig({
    DATA_DIR: store.dataDir,
    DATABASE_URL: store.databaseUrl,
    ADMIN_PASSWORD,
    UPSTREAM_ALLOW: "127.0.0.1/32",
    CONNECTION_TEST_FLOOR_MS: "0",
    ...LEAST_PASSWORD_COST,
    ...environment,
  });
  const log = createLog("trace", sink);
  let queries = 0;
  const onQuery = () => {
    queries += 1;
  };
  const tracing = await startTracing(config, log);
  const trace = tracing === null ? undefined : createStatementTracer(tracing);
  const opened = await openStore(config, log, { onQuery, trace });
  const services = createServices(config, opened, log, undefined, tracing);
  return { services, tracing, log, lines: () => lines, queryCount: () => queries };
}
