import { ConnectionError } from "../upstream/connection-error.ts";
import type { HttpResponse } from "../upstream/http-client.ts";

const GREATEST_WAIT_SECONDS = 86_400;

/** The wish of a `Retry-After` header in whole seconds, from seconds or an HTTP date; undefined when absent or unreadable. */
export function retryAfterSeconds(header: string | undefined, now: Date = new Date()): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : Math.ceil((Date.parse(header) - now.getTime()) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), GREATEST_WAIT_SECONDS) : undefined;
}

/**
 * Lets only a 2xx answer pass, for upstreams that say by the status what they think of the credential. `system` names the
 * upstream in the messages.
 * @throws {ConnectionError} 401 CREDENTIAL_REJECTED, 403 PERMISSION_MISSING, 429 RATE_LIMITED, all others UNEXPECTED_RESPONSE.
 */
export function requireSuccess({ status, headers }: HttpResponse, system: string): void {
  if (status >= 200 && status < 300) return;
  if (status === 401) throw new ConnectionError("CREDENTIAL_REJECTED", "AUTHENTICATE", `${system} rejects the credential.`);
  if (status === 403) {
    throw new ConnectionError("PERMISSION_MISSING", "AUTHORIZE", `${system} knows the credential, but it may not do this.`);
  }
  if (status === 429) {
    const wait = retryAfterSeconds(headers["retry-after"]);
    const options = wait === undefined ? {} : { retryAfterSeconds: wait };
    throw new ConnectionError("RATE_LIMITED", "AUTHENTICATE", `${system} asks to wait before the next call.`, options);
  }
  const hint = status >= 300 && status < 400 ? "it redirects to another address; enter that one" : `status ${status}`;
  // Whatever it is that answers so, it has not been seen to look at the credential.
  throw new ConnectionError("UNEXPECTED_RESPONSE", "AUTHENTICATE", `${system} does not answer as expected (${hint}).`);
}
