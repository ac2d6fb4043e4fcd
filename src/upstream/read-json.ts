import { ConnectionError, type ConnectionStage } from "./connection-error.ts";
import type { HttpResponse } from "./http-client.ts";

const GREATEST_DEPTH = 64;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** This bit set, "[" is "{" and "]" is "}": one comparison for both, since every byte of a large answer is looked at. */
const SAME_BRACKET = 0x20;
const [OPENING, CLOSING] = [0x7b, 0x7d];

/**
 * The answer's body as JSON, not yet believed: parse it with a schema.
 * @throws {ConnectionError} UNEXPECTED_RESPONSE at `stage` when it is no JSON or nested over 64 deep. The message never carries
 * the body, which may echo a secret.
 */
export function readJson(response: HttpResponse, stage: ConnectionStage = "READ"): unknown {
  if (exceedsDepth(response.body))
    throw new ConnectionError("UNEXPECTED_RESPONSE", stage, "The server's answer is nested too deep.");
  try {
    return JSON.parse(response.body.toString("utf8"));
  } catch {
    const isHtml =
      /html/.test(response.headers["content-type"] ?? "") ||
      /^\s*<(!doctype|html)/i.test(response.body.toString("latin1", 0, 200));
    const what = isHtml ? "a web page instead of JSON; is the address right?" : "not JSON.";
    throw new ConnectionError("UNEXPECTED_RESPONSE", stage, `The server answers (status ${response.status}) with ${what}`);
  }
}

/** Counts brackets outside of strings, so that a hostile body is refused before the parser recurses into it. */
function exceedsDepth(body: Buffer): boolean {
  let depth = 0;
  let isInString = false;
  const { length } = body;
  for (let index = 0; index < length; index += 1) {
    const byte = body[index] as number;
    if (isInString) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if ((byte | SAME_BRACKET) === CLOSING) depth -= 1;
    else if ((byte | SAME_BRACKET) === OPENING) {
      depth += 1;
      if (depth > GREATEST_DEPTH) return true;
    }
  }
  return false;
}
