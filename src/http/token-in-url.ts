import { SERVICE_TOKEN_PATTERN } from "../access/service-token.ts";

/** True for an address with a service token in it, plain or percent-encoded: addresses stay in logs and histories. */
export function hasServiceToken(url: string): boolean {
  if (SERVICE_TOKEN_PATTERN.test(url)) return true;
  return url.includes("%") && SERVICE_TOKEN_PATTERN.test(decodeOctets(url));
}

/** An address with its percent-encoded bytes as one character each, whatever they are together. */
export function decodeOctets(url: string): string {
  return url.replace(/%([0-9a-f]{2})/gi, decodeOctet);
}

function decodeOctet(_escape: string, octet: string): string {
  return String.fromCharCode(Number.parseInt(octet, 16));
}
