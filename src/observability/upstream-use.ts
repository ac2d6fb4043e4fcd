import { ConnectionError } from "../upstream/connection-error.ts";
import type { UpstreamObserver } from "../upstream/upstream-observer.ts";
import type { Metrics } from "./metrics.ts";
import type { Tracing } from "./tracing.ts";

/** Takes note of every use of an upstream, as a span too where traces are on: its time, and `OK`, the code of a `ConnectionError`, or `INTERNAL`. */
export function createUpstreamObserver(metrics: Pick<Metrics, "noteUpstream">, tracing: Tracing | null): UpstreamObserver {
  const observe: UpstreamObserver = async (connectorId, operation, use) => {
    const begun = performance.now();
    const note = (outcome: string) => metrics.noteUpstream(connectorId, operation, performance.now() - begun, outcome);
    try {
      const result = await use();
      note("OK");
      return result;
    } catch (error) {
      note(error instanceof ConnectionError ? error.code : "INTERNAL");
      throw error;
    }
  };
  if (tracing === null) return observe;
  return (connectorId, operation, use) => {
    const attributes = { "postern.connector": connectorId, "postern.operation": operation };
    return tracing.run(`${connectorId} ${operation}`, "client", attributes, () => observe(connectorId, operation, use));
  };
}
