import type { TransitTransport } from "../keys/transit-client.ts";
import { createHttpClient } from "./guarded-http-client.ts";
import { allowOperatorUrl } from "./operator-url.ts";

export type TransitServer = {
  /** The server's address, without `/v1`. */
  readonly url: string;
  readonly deadlineMs: number;
  /** PEM certificates trusted instead of the well-known ones. */
  readonly certificateAuthority?: string | undefined;
};

const MAX_BYTES = 1024 * 1024;

/** The guarded way to the operator's Transit server and to nothing else. */
export function createTransitTransport({ url, deadlineMs, certificateAuthority }: TransitServer): TransitTransport {
  const http = createHttpClient({
    allowList: allowOperatorUrl(url),
    ...(certificateAuthority !== undefined && { certificateAuthorities: [certificateAuthority] }),
  });
  const base = `${url.replace(/\/+$/, "")}/v1/`;
  return async ({ method, path, headers, body }) =>
    http.request({
      method,
      url: `${base}${path}`,
      headers,
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(deadlineMs),
      deadlineMs,
      maxBytes: MAX_BYTES,
    });
}
