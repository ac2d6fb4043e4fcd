import ipaddr from "ipaddr.js";

/**
 * Whom an address is counted for, in few characters: an IPv4 address (also written as IPv6), or the 64 bits of IPv6 that
 * one customer has whole. Null for what is no address.
 */
export function clientNetworkOf(address: string | null | undefined): string | null {
  if (!address || !ipaddr.isValid(address)) return null;
  const parsed = ipaddr.process(address);
  return parsed.kind() === "ipv4" ? parsed.toString() : (parsed as ipaddr.IPv6).parts.slice(0, 4).join(":");
}
