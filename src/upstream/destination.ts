import { isIP } from "node:net";
import { type AddressKind, classifyAddress } from "./address.ts";
import { type AllowList, plainHost, portOf } from "./allow-list.ts";
import { ConnectionError, type ConnectionStage } from "./connection-error.ts";

/** Where a request goes, before any address is known. */
export type Destination = {
  readonly url: URL;
  /** Name or address, without brackets and final dot. */
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Whether the operator named this host: then it may be private or loopback, and plain http. */
  readonly isNamed: boolean;
};

// Services that speak no HTTP but act on lines of it, or act on HTTP without asking who calls.
const SHUT_PORTS = new Set([
  1080, 1433, 1521, 1723, 2049, 2181, 2375, 2376, 2379, 2380, 3128, 3268, 3269, 3306, 3389, 4369, 5060, 5061, 5432, 5671, 5672,
  5900, 5984, 5985, 5986, 6000, 6379, 6443, 6667, 7001, 8500, 9042, 9092, 9100, 9200, 9300, 10250, 10255, 11211, 15672, 27017,
  27018, 50000,
]);

const LOOPBACK_NAMES =
  /^(localhost|.+\.localhost|localhost\.localdomain|localhost[46](\.localdomain[46])?|ip6-(localhost|loopback))$/;
const METADATA_NAMES = /^(metadata|instance-data)(\.|$)/;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

function invalid(message: string): ConnectionError {
  return new ConnectionError("INVALID_FIELDS", "VALIDATE", message);
}

function parseUrl(text: string): URL {
  // The URL parser would drop tabs and line ends and turn backslashes, so that what was checked by eye is not what is dialled.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u0020\u007f\\]/.test(text)) throw invalid("The URL has white space, control characters or backslashes.");
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) throw invalid("The URL is not an http or https URL.");
  if (text.includes("#")) throw invalid("The URL has a fragment (#); leave it out.");
  if (text.split("/")[2]?.includes("@")) throw invalid("The URL carries a user name or password; leave it out.");
  return new URL(text);
}

function blocked(stage: ConnectionStage, message: string): ConnectionError {
  return new ConnectionError("BLOCKED_ADDRESS", stage, message);
}

function nameKind(host: string): AddressKind | null {
  if (LOOPBACK_NAMES.test(host)) return "loopback";
  if (METADATA_NAMES.test(host)) return "metadata";
  return HOST_NAME.test(host) ? null : "special";
}

function requireKind(kind: AddressKind, isAllowed: boolean, host: string, stage: ConnectionStage): void {
  if (kind === "public") return;
  if (kind === "metadata" || kind === "special") throw blocked(stage, `${host} is an address that Postern never calls.`);
  if (isAllowed) return;
  const what = kind === "loopback" ? "Postern's own machine" : "a private address";
  throw blocked(stage, `${host} is ${what}; the operator can allow it with UPSTREAM_ALLOW.`);
}

function requirePort({ host, port }: Destination, allowList: AllowList): void {
  const isOpen = port === 80 || port === 443 || (port >= 1024 && !SHUT_PORTS.has(port));
  if (isOpen || allowList.namesPort(host, port)) return;
  throw blocked(
    "VALIDATE",
    `Port ${port} is shut for upstream calls; the operator can allow ${host}:${port} with UPSTREAM_ALLOW.`,
  );
}

/**
 * Reads a URL and refuses what its text alone gives away: bad syntax, a shut port, a forbidden literal or name.
 * @throws {ConnectionError} INVALID_FIELDS or BLOCKED_ADDRESS at VALIDATE.
 */
export function parseDestination(text: string, allowList: AllowList): Destination {
  const url = parseUrl(text);
  const [host, port] = [plainHost(url), portOf(url)];
  const isNamed = allowList.namesHost(host, port);
  const destination = { url, host, port, isTls: url.protocol === "https:", isNamed };
  requirePort(destination, allowList);
  if (isIP(host) !== 0) requireAddresses(destination, [host], allowList, "VALIDATE");
  else requireKind(nameKind(host) ?? "public", isNamed || allowList.coversAddress("127.0.0.1", port), host, "VALIDATE");
  // Not even looked up: a name can carry words out.
  if (!isNamed && !allowList.opensPublic(host) && !allowList.coversSome(port)) throw notOpened(host, "VALIDATE");
  return destination;
}

function notOpened(host: string, stage: ConnectionStage): ConnectionError {
  return blocked(stage, `${host} is none of the hosts that the operator has opened with UPSTREAM_PUBLIC.`);
}

/**
 * Refuses the destination when any one of its addresses may not be dialled, or plain http would leave the operator's list.
 * @throws {ConnectionError} BLOCKED_ADDRESS at the given stage.
 */
export function requireAddresses(
  { url, host, port, isTls, isNamed }: Destination,
  addresses: readonly string[],
  allowList: AllowList,
  stage: ConnectionStage,
): void {
  const isCovered = (address: string) => isNamed || allowList.coversAddress(address, port);
  for (const address of addresses) requireKind(classifyAddress(address), isCovered(address), host, stage);
  if (!allowList.opensPublic(host) && !addresses.every(isCovered)) throw notOpened(host, stage);
  if (isTls || addresses.every(isCovered)) return;
  throw blocked(stage, `${url.origin} is not encrypted; use https, or the operator can allow it with UPSTREAM_ALLOW.`);
}
