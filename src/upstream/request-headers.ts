import { ConnectionError } from "./connection-error.ts";

// The framing of the message, and whom it is for, are decided by the client from the URL and the body alone.
const FRAMING = new Set(
  "host connection content-length transfer-encoding te trailer upgrade expect keep-alive proxy-authorization proxy-connection".split(
    " ",
  ),
);
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const MAX_LENGTH = 8 * 1024;

/**
 * Refuses what would break out of a header line or change the framing. Values can be secrets and are never printed.
 * @throws {ConnectionError} INVALID_FIELDS at VALIDATE.
 */
export function requireHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name) || FRAMING.has(name.toLowerCase())) throw refused("A header has a name that cannot be sent.");
    if (value.length > MAX_LENGTH) throw refused(`The header ${name} is longer than ${MAX_LENGTH} characters.`);
    if (!VALUE.test(value))
      throw refused(`The header ${name} has characters that cannot be sent (a line end or beyond Latin-1).`);
  }
}

function refused(message: string): ConnectionError {
  return new ConnectionError("INVALID_FIELDS", "VALIDATE", message);
}
