import { Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { canonicalAddress } from "./address.ts";
import { ConnectionError } from "./connection-error.ts";
import { codeOf } from "./node-error.ts";

/** Every address of a host name, canonical, IPv4 first. Rejects with a `ConnectionError` at RESOLVE. */
export type HostLookup = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

export type HostLookupOptions = {
  /** Name servers as `address` or `address:port`; the machine's own when left out. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
};

const HOSTS_FILE =
  process.platform === "win32"
    ? path.join(process.env.SystemRoot ?? "C:\\Windows", "System32", "drivers", "etc", "hosts")
    : "/etc/hosts";

/**
 * Looks names up in the hosts file and then by DNS. Never by `dns.lookup`: that runs getaddrinfo on libuv's four threads, where a
 * few hung look-ups would stall password hashing and file access for everybody. Search domains are not applied.
 */
export function createHostLookup({ servers, hostsFile = HOSTS_FILE }: HostLookupOptions = {}): HostLookup {
  return async (host, signal) => {
    const listed = await addressesInHostsFile(hostsFile, host);
    if (listed.length > 0) return listed;
    // RFC 6761: these names never go to a name server.
    if (host === "localhost" || host.endsWith(".localhost")) return ["127.0.0.1", "::1"];
    return await addressesByDns(host, servers, signal);
  };
}

async function addressesInHostsFile(file: string, host: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  const addresses = text
    .split("\n")
    .map((line) => (line.split("#")[0] ?? "").trim().split(/\s+/))
    .filter(([, ...names]) => names.some((name) => name.toLowerCase() === host))
    .map(([address]) => canonicalAddress(address ?? ""));
  return ipv4First(addresses.filter((address) => address !== null));
}

async function addressesByDns(host: string, servers: readonly string[] | undefined, signal: AbortSignal): Promise<string[]> {
  // One resolver a look-up: `cancel` ends all that a resolver has under way.
  const resolver = new Resolver({ timeout: 900, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = () => resolver.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  signal.removeEventListener("abort", cancel);
  signal.throwIfAborted();
  const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const addresses = found.map(canonicalAddress).filter((address) => address !== null);
  if (addresses.length > 0) return ipv4First(addresses);
  throw lookupError(
    host,
    answers.map((answer) => (answer.status === "rejected" ? codeOf(answer.reason) : "ENODATA")),
  );
}

function ipv4First(addresses: readonly string[]): string[] {
  return [...new Set(addresses)].sort((one, other) => Number(one.includes(":")) - Number(other.includes(":")));
}

function lookupError(host: string, codes: readonly string[]): ConnectionError {
  const failure = codes.find((code) => code !== "ENOTFOUND" && code !== "ENODATA");
  if (failure === undefined) return new ConnectionError("UNREACHABLE", "RESOLVE", `The name ${host} does not resolve.`);
  const message = `The name server gives no answer for ${host} (${failure}).`;
  return new ConnectionError(failure === "ETIMEOUT" ? "TIMEOUT" : "UNREACHABLE", "RESOLVE", message);
}
