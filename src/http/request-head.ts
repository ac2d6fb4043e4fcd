import type { IncomingMessage, Server } from "node:http";

/** What may stand in a request once: whoever is in front of us may have gone by the other one. */
const SINGLE: ReadonlySet<string> = new Set([
  "host",
  "authorization",
  "content-length",
  "content-type",
  "content-encoding",
  "transfer-encoding",
  "origin",
]);

// RFC 9112, 3.2: a name or an address, a port; no list of them, no user, no path.
const HOST = /^([\w.~!$&'()*+,;=%-]*|\[[\da-f:.v]+\])(:\d{0,5})?$/i;

/**
 * Has whoever reads addresses find the path first, as everywhere else, where a request names scheme and host too, as it would
 * to a proxy (RFC 9112, 3.2.2).
 */
export function takeAbsoluteTargets(server: Server): void {
  server.prependListener("request", (request: IncomingMessage) => {
    const { url = "" } = request;
    if (!url.startsWith("/")) request.url = url.replace(/^https?:\/\/[^/?#]*\/?/i, "/");
  });
}

/**
 * What is wrong with the head of a request that the parser let through, or null: everything that two programs may read
 * differently, so that a request inside a request cannot be smuggled past the one in front.
 */
export function faultOfHead({ httpVersion, rawHeaders, headers }: IncomingMessage): string | null {
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return "Only HTTP/1.1 and HTTP/1.0 are spoken here.";
  if (headers.host === undefined && httpVersion === "1.1") return "The header host is missing.";
  if (headers.host !== undefined && !HOST.test(headers.host)) return "The header host is malformed.";
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && (httpVersion === "1.0" || coding.toLowerCase() !== "chunked")) {
    return "The transfer coding is not taken here.";
  }
  const repeated = repeatedHeaderOf(rawHeaders);
  return repeated === null ? null : `The header ${repeated} may stand in a request once.`;
}

/** Node joins some repeated headers and drops others without a word: the names as they were sent, each followed by its value. */
function repeatedHeaderOf(rawHeaders: readonly string[]): string | null {
  let seen = " ";
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen.includes(` ${name} `)) return name;
    seen += `${name} `;
  }
  return null;
}
