import { badInput } from "../errors.ts";
import { ConnectionError } from "./connection-error.ts";

/** Headers as they came, repeated names repeated. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const NO_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/;
const MAX_VALUE = 8 * 1024;
const MOST_HEADERS = 100;

const words = (text: string) => new Set(text.split(/\s+/));

/** Headers that describe the request's content and what is wished for in return. */
const PASSING =
  words(`accept accept-charset accept-language cache-control content-disposition content-language content-md5 content-type
  digest if-match if-modified-since if-none-match if-unmodified-since idempotency-key last-event-id pragma prefer traceparent tracestate
  user-agent want-digest x-correlation-id x-idempotency-key x-request-id`);
/** Beginnings of the names that an upstream defines for itself. */
const OWN_NAMES = /^(x|anthropic|openai|odoo)-[a-z0-9-]+$/;
/**
 * No header with one of these in its name passes: it would be a second credential, say who calls or from where, or have the
 * upstream take the request for another one.
 */
const REFUSED_PARTS =
  /access|apikey|assertion|auth|cert|clientip|cookie|credential|csrf|forward|jwt|oidc|original|override|passw|proxy|rewrite|saml|secret|session|signature|token|user|xsrf/;
/** The same for words that are harmless as a part of longer ones. */
const REFUSED_WORDS =
  words(`accel amz amzn aws azure bearer cf client cluster connecting destination destinationurl envoy goog google groups host http https
  identity ip ips key login method nginx origin originating path port postern principal proto protocol real redirect referer referrer remote
  role roles scheme sendfile ssl sso sudo tls uid upn uri url via wap`);

/**
 * The client's headers that go on to an upstream, lower-case, repeated ones joined. Hop-by-hop headers and whatever
 * `Connection` names are gone before anything is injected; credentials, forwarding and routing headers never pass.
 * Content coding and ranges do not pass either: in a packed or partial answer an echoed secret could not be found.
 * @throws {GatewayError} BAD_USER_INPUT for `headers` when a name or value cannot be a header's.
 */
export function passHeaders(headers: HeaderPairs): Record<string, string> {
  if (headers.length > MOST_HEADERS) throw badInput("headers", `There are more than ${MOST_HEADERS} headers.`);
  for (const [name, value] of headers) requireHeader(name, value);
  const lowerCase = headers.map(([name, value]) => [name.toLowerCase(), value.trim()] as const);
  const named = new Set(lowerCase.filter(([name]) => name === "connection").flatMap(([, value]) => listOf(value)));
  const passed = new Map<string, string>();
  for (const [name, value] of lowerCase) {
    if (named.has(name) || !passes(name)) continue;
    passed.set(name, passed.has(name) ? `${passed.get(name)}, ${value}` : value);
  }
  return Object.fromEntries(passed);
}

function requireHeader(name: string, value: string): void {
  if (!TOKEN.test(name)) throw badInput("headers", "A header's name has characters that no name can have.");
  if (NO_VALUE.test(value)) throw badInput("headers", `The header ${name.slice(0, 64)} has characters that cannot be sent.`);
  if (value.length > MAX_VALUE)
    throw badInput("headers", `The header ${name.slice(0, 64)} is longer than ${MAX_VALUE} characters.`);
}

function listOf(value: string): string[] {
  return value
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
}

function passes(name: string): boolean {
  if (PASSING.has(name)) return true;
  // Only names of letters, digits and dashes: to many servers `x_user` and `x-user` are one.
  return OWN_NAMES.test(name) && !REFUSED_PARTS.test(name) && !name.split("-").some((word) => REFUSED_WORDS.has(word));
}

/** What a connector puts into a request so that the upstream knows the account. */
export type Injection = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly basic?: { readonly username: string; readonly password: string };
};

/**
 * The injected headers, lower-case, basic authentication among them.
 * @throws {ConnectionError} INVALID_FIELDS, without the value, when a stored value would break out of its place.
 */
export function injectedHeaders({ headers = {}, query = {}, basic }: Injection): Record<string, string> {
  const values = [...Object.values(headers), ...Object.values(query), basic?.username ?? "", basic?.password ?? ""];
  if (values.some((value) => /[\r\n\0]/.test(value)) || Object.values(headers).some((value) => NO_VALUE.test(value))) {
    throw unusable("has characters that cannot be sent (a line end, or beyond Latin-1)");
  }
  if (basic?.username.includes(":")) throw unusable("has a colon in its user name, which basic authentication cannot carry");
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  if (basic === undefined) return Object.fromEntries(lowerCase);
  const pair = Buffer.from(`${basic.username}:${basic.password}`).toString("base64");
  return { ...Object.fromEntries(lowerCase), authorization: `Basic ${pair}` };
}

function unusable(what: string): ConnectionError {
  return new ConnectionError("INVALID_FIELDS", "VALIDATE", `The stored credential ${what}.`);
}
