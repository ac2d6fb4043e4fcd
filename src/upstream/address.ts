import ipaddr from "ipaddr.js";

/** What an address is to an SSRF guard. Only `public` may be dialled unasked; `metadata` and `special` never. */
export type AddressKind = "public" | "private" | "loopback" | "metadata" | "special";

type Address = ReturnType<typeof ipaddr.parse>;
type Range = readonly [network: ReturnType<typeof ipaddr.parseCIDR>, kind: AddressKind];

const ranges = (kind: AddressKind, networks: string): Range[] =>
  networks.split(" ").map((network) => [ipaddr.parseCIDR(network), kind]);

// The IANA special-purpose registries, whole: entries that are "globally reachable" there (AS112, AMT, ORCHID) serve no upstream
// either. The first match decides, so the clouds' metadata addresses stand before the private networks around them.
const IPV4_RANGES: readonly Range[] = [
  ...ranges("metadata", "169.254.0.0/16 168.63.129.16/32 100.100.100.200/32 192.0.0.192/32"),
  ...ranges("loopback", "127.0.0.0/8"),
  ...ranges("private", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10"),
  ...ranges("special", "0.0.0.0/8 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.175.48.0/24"),
  ...ranges("special", "198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"),
  ...ranges("public", "0.0.0.0/0"),
];
const IPV6_RANGES: readonly Range[] = [
  ...ranges("metadata", "fd00:ec2::/32 fd20:ce::254/128"),
  ...ranges("loopback", "::1/128"),
  ...ranges("private", "fc00::/7"),
  ...ranges("special", "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20"),
  ...ranges("public", "2000::/3"),
];

type Wrapping = {
  readonly network: ReturnType<typeof ipaddr.parseCIDR>;
  /** Where the IPv4 addresses stand among the sixteen bytes. */
  readonly embedded: (bytes: readonly number[]) => readonly (readonly number[])[];
  /** Whether packets truly end at the embedded address, so that a public one may be dialled. */
  readonly isTransparent?: true;
};

const lastFour = (bytes: readonly number[]) => bytes.slice(12);
const MAPPED = ipaddr.parseCIDR("::ffff:0:0/96");
const WRAPPINGS: readonly Wrapping[] = [
  { network: ipaddr.parseCIDR("64:ff9b::/96"), embedded: (bytes) => [lastFour(bytes)], isTransparent: true },
  // RFC 6052 puts the address of a /48 prefix around the reserved byte 8; many use a /96 inside of it instead.
  {
    network: ipaddr.parseCIDR("64:ff9b:1::/48"),
    embedded: (bytes) => [[...bytes.slice(6, 8), ...bytes.slice(9, 11)], lastFour(bytes)],
  },
  { network: ipaddr.parseCIDR("::ffff:0:0:0/96"), embedded: (bytes) => [lastFour(bytes)] },
  { network: ipaddr.parseCIDR("2002::/16"), embedded: (bytes) => [bytes.slice(2, 6)] },
  // Teredo: the server's address, and the client's with every bit turned over (RFC 4380).
  {
    network: ipaddr.parseCIDR("2001::/32"),
    embedded: (bytes) => [bytes.slice(4, 8), lastFour(bytes).map((byte) => byte ^ 0xff)],
  },
  { network: ipaddr.parseCIDR("::/96"), embedded: (bytes) => [lastFour(bytes)] },
];

function lookUp(address: Address, table: readonly Range[]): AddressKind {
  return table.find(([network]) => address.match(network))?.[1] ?? "special";
}

function kindOf(address: Address): AddressKind {
  if (address.kind() === "ipv4") return lookUp(address, IPV4_RANGES);
  const own = lookUp(address, IPV6_RANGES);
  if (own === "loopback") return own;
  const wrapping = WRAPPINGS.find(({ network }) => address.match(network));
  if (wrapping === undefined) return own;
  const kinds = wrapping.embedded(address.toByteArray()).map((bytes) => lookUp(ipaddr.fromByteArray([...bytes]), IPV4_RANGES));
  if (kinds.includes("metadata")) return "metadata";
  return wrapping.isTransparent && kinds.every((kind) => kind === "public") ? "public" : "special";
}

/**
 * The address in its one spelling, IPv4-mapped IPv6 as IPv4 (the kernel dials that); null for what is no IP address.
 * Zone ids are refused: they name interfaces of this machine.
 */
export function canonicalAddress(text: string): string | null {
  if (text.includes("%") || !ipaddr.isValid(text)) return null;
  const address = ipaddr.parse(text);
  const isMapped = address.kind() === "ipv6" && address.match(MAPPED);
  return (isMapped ? ipaddr.fromByteArray(lastFour(address.toByteArray())) : address).toString();
}

/** Decides on the parsed bytes, after taking IPv4 out of every IPv6 form that carries it. What is no address is `special`. */
export function classifyAddress(text: string): AddressKind {
  const canonical = canonicalAddress(text);
  return canonical === null ? "special" : kindOf(ipaddr.parse(canonical));
}
