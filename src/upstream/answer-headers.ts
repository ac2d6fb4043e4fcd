import type { SecretMask } from "./secret-mask.ts";

const PASSING = new Set(
  `allow content-disposition content-language content-type deprecation etag last-modified link location preference-applied request-id
   retry-after sunset x-correlation-id x-request-id x-total-count x-page x-per-page x-total x-total-pages`.split(/\s+/),
);
const PASSING_FAMILIES = /^(x-)?ratelimit(-|$)|^(anthropic|openai)-/;

/** For what an upstream sends: as a page it loads, runs, sends and embeds nothing, and is of no origin. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/**
 * The headers of an upstream's answer that a caller gets, secrets masked. Cookies, policies (CSP, HSTS, CORS), challenges,
 * framing and caching are between Postern and the caller, and never the upstream's to decide. What came may not run as a page
 * of Postern's origin.
 */
export function passAnswerHeaders(headers: Readonly<Record<string, string>>, mask: SecretMask): Record<string, string> {
  const passed = Object.entries(headers)
    .filter(([name]) => PASSING.has(name) || PASSING_FAMILIES.test(name))
    .map(([name, value]) => [name, mask.maskText(value)] as const);
  return {
    ...Object.fromEntries(passed),
    "x-content-type-options": "nosniff",
    "content-security-policy": CONTENT_SECURITY_POLICY,
  };
}
