import { TLSSocket } from "node:tls";
import type { FastifyRequest, onRequestHookHandler } from "fastify";
import { badInput, GatewayError } from "../errors.ts";
import { readSessionCookie, SESSION_HEADER } from "./session-cookie.ts";

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/**
 * Refuses, before anything is done, whatever would make the session cookie work for a page that is not ours; to be an
 * `onRequest` hook where the cookie counts. It counts only with the header `x-postern-session`, which a foreign page
 * cannot send without a preflight, only with POST, and only from exactly our own origin; a cookie alone counts for
 * nothing, and comes with a foreign page's request only where SameSite fails: that is refused as well.
 */
export function createSessionCookieGuard(publicUrl: string | undefined): onRequestHookHandler {
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;

  return (request, _reply, done) => {
    const wanted = request.headers[SESSION_HEADER];
    if (wanted === undefined) {
      const isMisled = readSessionCookie(request) !== null && isForeign(request, publicOrigin);
      return isMisled ? done(foreignPage()) : done();
    }
    if (wanted !== "cookie")
      return done(badInput(SESSION_HEADER, `The header ${SESSION_HEADER} takes the value "cookie" alone.`));
    const { "sec-fetch-site": site = "same-origin", origin } = request.headers;
    const isOwn = request.method === "POST" && site === "same-origin" && isOwnOrigin(origin, request, publicOrigin);
    return isOwn ? done() : done(foreignPage());
  };
}

/** Ours, and one where browsers keep `Secure` cookies: by https, or on this machine. */
function isOwnOrigin(origin: string | undefined, { host, raw }: FastifyRequest, publicOrigin: string | undefined): boolean {
  if (origin === undefined) return false;
  const isSecure = origin.startsWith("https://") || LOOPBACK_HOST.test(origin.replace("http://", ""));
  if (origin === publicOrigin) return isSecure;
  // Any other name could be a foreign one that was made to point here.
  return LOOPBACK_HOST.test(host) && origin === `${raw.socket instanceof TLSSocket ? "https" : "http"}://${host}`;
}

/** True for a request that another page made; following a link to here is none. */
function isForeign(request: FastifyRequest, publicOrigin: string | undefined): boolean {
  const { origin, "sec-fetch-site": site, "sec-fetch-mode": mode } = request.headers;
  if (origin !== undefined) return !isOwnOrigin(origin, request, publicOrigin);
  const isNavigation = mode === "navigate" && (request.method === "GET" || request.method === "HEAD");
  return (site === "cross-site" || site === "same-site") && !isNavigation;
}

function foreignPage(): GatewayError {
  const message = "Only a page of Postern's own, by https or on this machine, may keep its session in a cookie.";
  return new GatewayError("FORBIDDEN", message);
}
