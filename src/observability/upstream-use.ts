import { ConnectionError } from "../upstream/connection-error.ts";
import type { UpstreamObserver } from "../upstream/upstream-observer.ts";
import type { Metrics } from "./metrics.ts";

/** Takes note of every use of an upstream: its time, and `OK`, the code of a `ConnectionError`, or `INTERNAL`. */
export function createUpstreamObserver(metrics: Pick<Metrics, "noteUpstream">): UpstreamObserver {
  return async (connectorId, operation, use) => {
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
}
