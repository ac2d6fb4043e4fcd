import { badInput } from "../errors.ts";
import { ConnectionError } from "./connection-error.ts";

/** What a caller asks for below a base URL, checked: encoded as it goes out, `path` without a slash in front. */
export type CallTarget = { readonly path: string; readonly query: string };

/** The methods that calls through the gateway may have. */
export const CALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;
export type CallMethod = (typeof CALL_METHODS)[number];

/** @throws {GatewayError} BAD_USER_INPUT for a method that is not passed on. */
export function requireCallMethod(text: string): CallMethod {
  const method = CALL_METHODS.find((known) => known === text);
  if (method === undefined) throw badInput("method", `The method must be one of ${CALL_METHODS.join(", ")}.`);
  return method;
}

const MAX_LENGTH = 8 * 1024;
/** Upstreams that decode more than once exist; nobody decodes more often than this. */
const MOST_DECODINGS = 5;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
// What RFC 3986 lets stand in a path, and in a query, as it is.
const NOT_IN_PATH = /[^A-Za-z0-9\-._~!$&'()*+,;=:@%/]/gu;
const NOT_IN_QUERY = /[^A-Za-z0-9\-._~!$&'()*+,;=:@%/?[\]]/gu;

/**
 * Reads a path, with a query behind `?`, that is relative to a base URL. It is judged by its decoded segments, decoded as often
 * as they can be: what could leave the base URL's path, name another host, or mean two things to two servers is refused.
 * @throws {GatewayError} BAD_USER_INPUT for `path`.
 */
export function parseCallTarget(text: string): CallTarget {
  if (text.length > MAX_LENGTH) throw refused(`is longer than ${MAX_LENGTH} characters`);
  if (!text.isWellFormed() || CONTROL.test(text)) throw refused("has control characters");
  if (text.includes("#")) throw refused("has a fragment (#)");
  const [whole = "", ...rest] = text.split("?");
  const path = whole.replace(/^\//, "");
  const segments = path.split("/");
  for (const [index, segment] of segments.entries()) {
    // A slash at the end is the upstream's affair; any other empty segment is `//host` or nearly so.
    if (segment === "" && index < segments.length - 1) throw refused("has an empty segment (//)");
    requireSegment(segment, index === 0);
  }
  const query = rest.join("?");
  return { path: path.replace(NOT_IN_PATH, encodeURIComponent), query: query.replace(NOT_IN_QUERY, encodeURIComponent) };
}

function requireSegment(segment: string, isFirst: boolean): void {
  for (const decoded of decodings(segment)) {
    // Some servers fold look-alikes (full-width dots and slashes) to what they look like.
    const folded = decoded.normalize("NFKC");
    if (CONTROL.test(folded)) throw refused("has encoded control characters");
    if (folded.includes("\\")) throw refused("has a backslash");
    if (isFirst && /^[/\\]*@/.test(folded)) throw refused("begins with @");
    // Decoded behind the base URL's slash it would be `//host`.
    if (isFirst && folded.startsWith("/")) throw refused("begins with an encoded slash");
    // Some servers take what follows a semicolon away before they look at the segment, or cut white space.
    const inner = folded.split("/").map((part) => part.split(";")[0]?.trim() ?? "");
    if (inner.some((part) => part === "." || part === "..")) throw refused("has a . or .. segment");
  }
}

/** The segment and what comes of decoding it again and again. */
function decodings(segment: string): string[] {
  const texts: string[] = [];
  let text = segment;
  for (let round = 0; round <= MOST_DECODINGS; round += 1) {
    texts.push(text);
    const decoded = decode(text);
    if (decoded === null && round === 0) throw refused("has a % that is not followed by the code of a UTF-8 character");
    if (decoded === null || decoded === text) return texts;
    text = decoded;
  }
  throw refused("is encoded over and over");
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function refused(what: string) {
  return badInput("path", `The path ${what}.`);
}

/**
 * The URL to call: the base URL, the target's path joined on once, its query without the parameters that `injected` replaces.
 * @throws {ConnectionError} INVALID_FIELDS when the base URL cannot be one; never sends anywhere but below it.
 */
export function joinCallUrl(
  baseUrl: string,
  { path, query }: CallTarget,
  injected: Readonly<Record<string, string>> = {},
): string {
  if (!URL.canParse(baseUrl) || /[?#\\@]/.test(baseUrl)) {
    throw new ConnectionError(
      "INVALID_FIELDS",
      "VALIDATE",
      "The credential's base URL must be a URL without query and fragment.",
    );
  }
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/+$/, "");
  const parameters = [
    ...query.split("&").filter((parameter) => parameter !== "" && !replaces(injected, parameter)),
    ...Object.entries(injected).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  ];
  const pathname = path === "" ? base.pathname : `${prefix}/${path}`;
  const text = `${base.origin}${pathname}${parameters.length === 0 ? "" : `?${parameters.join("&")}`}`;
  requireBelow(base, pathname, text);
  return text;
}

/** Whether a parameter of the caller bears the name of an injected one, in any of the ways that servers read it. */
function replaces(injected: Readonly<Record<string, string>>, parameter: string): boolean {
  const name = (parameter.split("=")[0] ?? "").replaceAll("+", " ");
  const plain = (decode(name) ?? name).replace(/\[.*$/s, "").trim().toLowerCase();
  return Object.keys(injected).some((injectedName) => injectedName.toLowerCase() === plain);
}

/** The last look before a secret is sent: what the URL parser makes of the text must be what was joined. */
function requireBelow(base: URL, pathname: string, text: string): void {
  const url = new URL(text);
  const isSame = url.origin === base.origin && url.pathname === pathname && url.username === "" && url.password === "";
  if (!isSame) throw refused("leads out of the credential's base URL");
}
