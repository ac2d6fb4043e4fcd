import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { canonicalAddress } from "./address.ts";
import type { AllowList } from "./allow-list.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import { ConnectionError } from "./connection-error.ts";
import { type Destination, requireAddresses } from "./destination.ts";
import type { HostLookup } from "./host-lookup.ts";
import { codeOf } from "./node-error.ts";
import { findAuthorities, type PinnedAuthorities } from "./pinned-authorities.ts";
import type { StageClock } from "./stage-clock.ts";
import type { ConnectLimits } from "./upstream-limits.ts";

export type SocketOptions = {
  readonly allowList: AllowList;
  readonly lookupHost: HostLookup;
  readonly pinnedAuthorities?: PinnedAuthorities | undefined;
  readonly breaker: CircuitBreaker;
  readonly limits: ConnectLimits;
};

// A name with hundreds of addresses must not turn one request into a port scan.
const MOST_DIALLED = 4;

/**
 * A connected socket (TLS already agreed where the URL says https) to a checked address of the destination. It looks the
 * name up itself, refuses the whole destination if any address is bad, and dials an address that it has checked, never the
 * name: a second look-up could answer differently. No byte has been sent on it but TLS's own. `signal` is the caller's.
 * @throws {ConnectionError} at RESOLVE, CONNECT or TLS.
 */
export function openGuardedSocket(
  destination: Destination,
  clock: StageClock,
  signal: AbortSignal,
  options: SocketOptions,
): Promise<net.Socket> {
  const { host, port } = destination;
  return options.breaker.run(`${host}:${port}`, () => connectChecked(destination, clock, options), signal);
}

async function connectChecked(destination: Destination, clock: StageClock, options: SocketOptions): Promise<net.Socket> {
  const { host, url, isTls } = destination;
  const { allowList, lookupHost, limits } = options;
  clock.begin("RESOLVE", limits.lookupMs, `The name ${host} did not resolve in time.`);
  const addresses = net.isIP(host) === 0 ? await lookupHost(host, clock.signal) : [canonicalAddress(host) ?? host];
  requireAddresses(destination, addresses, allowList, "RESOLVE");
  clock.begin(
    "CONNECT",
    limits.connectMs,
    `No server answers at ${url.origin} (no connection within ${limits.connectMs / 1000} s).`,
  );
  const socket = await dialFirst(destination, addresses.slice(0, MOST_DIALLED), clock, limits.connectMs);
  if (!isTls) return socket;
  clock.begin("TLS", limits.tlsMs, `${url.origin} did not agree on TLS in time.`);
  return await secure(socket, destination, clock, findAuthorities(options.pinnedAuthorities, host, destination.port));
}

/** The first address that answers; an address that drops packets leaves time for those after it. */
async function dialFirst(
  destination: Destination,
  addresses: readonly string[],
  clock: StageClock,
  ms: number,
): Promise<net.Socket> {
  let failure: unknown;
  for (const [index, address] of addresses.entries()) {
    const isLast = index === addresses.length - 1;
    const signal = isLast ? clock.signal : AbortSignal.any([clock.signal, AbortSignal.timeout(Math.ceil(ms / addresses.length))]);
    try {
      return await dial(address, destination.port, signal);
    } catch (error) {
      clock.signal.throwIfAborted();
      failure = error;
    }
  }
  throw connectError(destination, failure);
}

async function dial(address: string, port: number, signal: AbortSignal): Promise<net.Socket> {
  const socket = net.connect({ host: address, port, noDelay: true, autoSelectFamily: false });
  // Whoever waits on the socket hears of its errors; this one keeps an error between two waits from ending the process.
  socket.on("error", () => undefined);
  try {
    await once(socket, "connect", { signal });
    if (canonicalAddress(socket.remoteAddress ?? "") === address) return socket;
    throw new ConnectionError(
      "BLOCKED_ADDRESS",
      "CONNECT",
      "The connection led to another address than the one that was checked.",
    );
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function secure(
  socket: net.Socket,
  { host, url }: Destination,
  clock: StageClock,
  authorities: readonly string[] | undefined,
): Promise<net.Socket> {
  const secured = tls.connect({
    socket,
    host,
    // A literal address is no server name (RFC 6066); the certificate is then compared with `host`.
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(authorities === undefined ? {} : { ca: [...authorities] }),
    minVersion: "TLSv1.2",
    // Said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment changes nothing.
    rejectUnauthorized: true,
    ALPNProtocols: ["http/1.1"],
  });
  secured.on("error", () => undefined);
  try {
    await once(secured, "secureConnect", { signal: clock.signal });
    return secured;
  } catch (error) {
    secured.destroy();
    socket.destroy();
    clock.signal.throwIfAborted();
    throw tlsError(url.origin, host, codeOf(error));
  }
}

const CONNECT_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
};

function connectError({ url }: Destination, error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const code = codeOf(error);
  const message = `No server answers at ${url.origin} (${CONNECT_REASONS[code] ?? code}).`;
  return new ConnectionError(code === "ETIMEDOUT" ? "TIMEOUT" : "UNREACHABLE", "CONNECT", message, { cause: code });
}

const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its authority is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its authority is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its authority is not trusted",
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
  CERT_REVOKED: "it was revoked",
};

function tlsError(origin: string, host: string, code: string): ConnectionError {
  const problem = code === "ERR_TLS_CERT_ALTNAME_INVALID" ? `it is not for ${host}` : CERTIFICATE_PROBLEMS[code];
  const message = problem
    ? `The certificate of ${origin} is not accepted: ${problem}.`
    : `${origin} does not speak TLS 1.2 or later (${code}); is it an http server?`;
  return new ConnectionError("UNREACHABLE", "TLS", message, { cause: code });
}
