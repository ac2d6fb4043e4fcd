import type { FastifyReply, FastifyRequest } from "fastify";

/** Says, with the value `cookie`, that a browser wants its refresh token kept in a cookie. */
export const SESSION_HEADER = "x-postern-session";

/** No name without `__Host-`: a sibling domain or plain http could set the cookie of any other. */
const COOKIE_NAME = "__Host-postern-refresh";
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict";

/** The cookie that a browser keeps its session in, of one request and its answer. */
export type SessionCookie = {
  /** What came; null for nothing. */
  readonly refreshToken: string | null;
  /** Has the answer put another token in, until a time. */
  keep(refreshToken: string, until: Date): void;
  /** Has the answer take it away. */
  clear(): void;
  /** The same, with all that this origin has stored in the browser. */
  clearSite(): void;
};

/** The refresh token in the request's cookie; null without one, or with two of the name, which no browser sends. */
export function readSessionCookie(request: FastifyRequest): string | null {
  const { cookie } = request.headers;
  if (cookie === undefined) return null;
  const values = cookie
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE_NAME}=`));
  return values.length === 1 ? (values[0]?.slice(COOKIE_NAME.length + 1) ?? null) : null;
}

/** The cookie of a request that asks for one and has passed the guard (`session-cookie-guard.ts`); undefined for others. */
export function sessionCookieOf(request: FastifyRequest, reply: FastifyReply): SessionCookie | undefined {
  if (request.headers[SESSION_HEADER] === undefined) return undefined;
  const put = (value: string, seconds: number) => {
    reply.header("set-cookie", `${COOKIE_NAME}=${value}; ${ATTRIBUTES}; Max-Age=${seconds}`);
  };
  const clear = () => put("", 0);
  return {
    refreshToken: readSessionCookie(request),
    keep: (refreshToken, until) => put(refreshToken, Math.max(0, Math.floor((until.getTime() - Date.now()) / 1_000))),
    clear,
    clearSite: () => {
      clear();
      // Not "cookies": that is the whole registrable domain's, and would sign the person out of sibling applications too.
      reply.header("clear-site-data", '"storage"');
    },
  };
}
