/**
 * The policy of every answer: nothing may load, run or frame anything but our own files, and no script may write HTML
 * but through a trusted type.
 */
const CONTENT_SECURITY_POLICY: Readonly<Record<string, string>> = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "connect-src": "'self'",
  "font-src": "'self'",
  "object-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'self'",
  "frame-ancestors": "'none'",
  "require-trusted-types-for": "'script'",
};

/** The policy as a header's value, with directives replaced, or dropped when null, for a page that needs it. */
export function contentSecurityPolicy(changes: Readonly<Record<string, string | null>> = {}): string {
  return Object.entries({ ...CONTENT_SECURITY_POLICY, ...changes })
    .filter(([, value]) => value !== null)
    .map(([directive, value]) => `${directive} ${value}`)
    .join("; ");
}

const ONE_YEAR_SECONDS = 31_536_000;

/** The headers that every answer carries unless its route sets its own; HSTS only where people come by https, for names below that one too. */
export function securityHeaders(publicUrl: string | undefined): Readonly<Record<string, string>> {
  return {
    "content-security-policy": contentSecurityPolicy(),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
    ...(publicUrl?.startsWith("https:") ? { "strict-transport-security": `max-age=${ONE_YEAR_SECONDS}; includeSubDomains` } : {}),
  };
}
