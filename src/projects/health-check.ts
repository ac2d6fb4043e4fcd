import { ConnectionError } from "../upstream/connection-error.ts";
import { createStreamClient } from "../upstream/guarded-stream-client.ts";
import { createHostLookup, type HostLookup } from "../upstream/host-lookup.ts";
import { allowOperatorUrl } from "../upstream/operator-url.ts";
import { endBody } from "../upstream/stream-client.ts";

/** What one look at a project showed, with the reason in words. */
export type HealthVerdict = { readonly isReachable: boolean; readonly message: string };

/** Asks a health URL once. What goes wrong outside is a verdict, never a rejection. */
export type HealthCheck = (url: string, signal: AbortSignal) => Promise<HealthVerdict>;

/** How long a whole check may take, in milliseconds. */
const DEADLINE_MS = 3_000;

const HEADERS = { accept: "*/*", "user-agent": "Postern" };

export type HealthCheckOptions = { readonly lookupHost?: HostLookup; readonly deadlineMs?: number };

/**
 * A check by GET. The head of the answer decides: 2xx and 3xx are reachable. The body is left unread, since a start page may be of
 * any length, and a redirect is not followed, since it leads where the operator did not say.
 */
export function createHealthCheck(options: HealthCheckOptions = {}): HealthCheck {
  const { lookupHost = createHostLookup(), deadlineMs = DEADLINE_MS } = options;

  const readStatus = async (url: string, signal: AbortSignal): Promise<number> => {
    const client = createStreamClient({ allowList: allowOperatorUrl(url), lookupHost });
    const request = { method: "GET", url, headers: HEADERS, poolKey: "health", signal, firstByteMs: deadlineMs };
    const { status, body } = await client.openStream(request);
    endBody(body);
    return status;
  };

  return async (url, signal) => {
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      const status = await readStatus(url, AbortSignal.any([signal, deadline]));
      return { isReachable: status >= 200 && status < 400, message: `Answered with status ${status}.` };
    } catch (error) {
      if (deadline.aborted) return { isReachable: false, message: `No answer within ${deadlineMs / 1000} s.` };
      if (error instanceof ConnectionError) return { isReachable: false, message: error.message };
      throw error;
    }
  };
}
