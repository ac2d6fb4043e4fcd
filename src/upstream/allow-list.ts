import ipaddr from "ipaddr.js";
import { canonicalAddress } from "./address.ts";

type Network = ReturnType<typeof ipaddr.parseCIDR>;
type Entry = {
  readonly port: number | null;
  readonly host: string | null;
  readonly network: Network | null;
};

/**
 * Where users' URLs may go although the destination is private, loopback or plain http: what the operator wrote in
 * `UPSTREAM_ALLOW`, and the URLs that the operator set. Metadata addresses are never among them. And which public hosts they
 * may name, where the operator wrote `UPSTREAM_PUBLIC`.
 */
export type AllowList = {
  /** Whether the operator named this host (lower-case, without brackets), for this port or for any. */
  namesHost(host: string, port: number): boolean;
  /** Whether the operator named this very port of the host, which opens ports that are otherwise shut. */
  namesPort(host: string, port: number): boolean;
  /** Whether a CIDR or address entry covers the address on this port. */
  coversAddress(address: string, port: number): boolean;
  /** Whether the host may be called at a public address. */
  opensPublic(host: string): boolean;
  /** Whether any address is covered on this port, so that a host is worth looking up. */
  coversSome(port: number): boolean;
};

/** The host of a URL without brackets and final dot, so that one host has one spelling. */
export function plainHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/** The port of a URL, the scheme's own when it names none. */
export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

function parseNetwork(text: string): Network | null {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = text.includes("/") ? null : canonicalAddress(text);
  if (address === null) return null;
  const parsed = ipaddr.parse(address);
  return [parsed, parsed.kind() === "ipv4" ? 32 : 128] as Network;
}

/** Whether the text can be an entry of `UPSTREAM_ALLOW`. */
export function isAllowEntry(text: string): boolean {
  return findEntry(text) !== null;
}

function parseEntry(text: string): Entry {
  const entry = findEntry(text);
  if (entry === null) throw new Error(`UPSTREAM_ALLOW: "${text}" is neither a CIDR, an address, a host nor host:port`);
  return entry;
}

function findEntry(text: string): Entry | null {
  const network = parseNetwork(text);
  if (network !== null) return { host: null, network, port: null };
  const [, host, port] = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const url = `http://${host}:${port ?? "80"}/`;
  if (host === undefined || !URL.canParse(url)) return null;
  const name = plainHost(new URL(url));
  const named = { port: port === undefined ? null : Number(port) };
  const address = parseNetwork(name);
  return address === null ? { ...named, host: name, network: null } : { ...named, host: null, network: address };
}

/** Whether the text can be an entry of `UPSTREAM_PUBLIC`: a host, or `*.` before the one that all names below it are of. */
export function isPublicEntry(text: string): boolean {
  return text !== "any" && /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text);
}

function isOfPublicEntry(entry: string, host: string): boolean {
  return entry.startsWith("*.") ? host.endsWith(entry.slice(1)) : host === entry;
}

function operatorEntry(url: string): Entry {
  const parsed = new URL(url);
  return { host: plainHost(parsed), network: null, port: portOf(parsed) };
}

function covers([network, bits]: Network, address: string): boolean {
  const parsed = ipaddr.parse(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}

/**
 * Reads the entries of `UPSTREAM_ALLOW` (CIDR, address, host, `host:port`, `[address]:port`) and the URLs that the operator
 * configured, whose origins are allowed as they stand. Of public hosts those of `publicHosts` alone are open, when given.
 * @throws {Error} naming the entry that cannot be read.
 */
export function parseAllowList(
  entries: readonly string[],
  operatorUrls: readonly string[] = [],
  publicHosts: readonly string[] | null = null,
): AllowList {
  const open = publicHosts?.map((entry) => entry.toLowerCase()) ?? null;
  const all = [...entries.map(parseEntry), ...operatorUrls.map(operatorEntry)];
  const fitting = (port: number) => all.filter((entry) => entry.port === null || entry.port === port);
  const fits = (entry: Entry, host: string) => {
    if (entry.network === null) return entry.host === host;
    const address = canonicalAddress(host);
    return address !== null && covers(entry.network, address);
  };
  return {
    namesHost: (host, port) => fitting(port).some((entry) => entry.network === null && fits(entry, host)),
    namesPort: (host, port) => fitting(port).some((entry) => entry.port !== null && fits(entry, host)),
    coversAddress: (address, port) => fitting(port).some((entry) => entry.network !== null && fits(entry, address)),
    coversSome: (port) => fitting(port).some((entry) => entry.network !== null),
    opensPublic: (host) => open === null || open.some((entry) => isOfPublicEntry(entry, host)),
  };
}
