import { ConnectionError } from "./connection-error.ts";
import { createHttpClient } from "./guarded-http-client.ts";
import { allowOperatorUrl } from "./operator-url.ts";
import { readJson } from "./read-json.ts";

const DEADLINE_MS = 5_000;
const MAX_BYTES = 256 * 1_024;

/**
 * The JSON at a URL that the operator set, where an issuer publishes its keys; not yet believed.
 * @throws {ConnectionError} when it cannot be read, or the status is not 200
 */
export async function fetchKeySet(url: string): Promise<unknown> {
  const http = createHttpClient({ allowList: allowOperatorUrl(url) });
  const response = await http.request({
    method: "GET",
    url,
    headers: { accept: "application/json" },
    signal: AbortSignal.timeout(DEADLINE_MS),
    maxBytes: MAX_BYTES,
  });
  if (response.status === 200) return readJson(response);
  throw new ConnectionError("UNEXPECTED_RESPONSE", "READ", `The issuer answers its key set with status ${response.status}.`);
}
