import { Writable } from "node:stream";
import type { GraphQLSchema } from "graphql";
import { onTestFinished } from "vitest";
import { ANONYMOUS_PERMISSIONS, ROLE_PERMISSIONS } from "../../src/access/permission.ts";
import type { RequestOrigin, Viewer } from "../../src/access/viewer.ts";
import { type AppServices, createApp } from "../../src/app.ts";
import { parseConfig } from "../../src/config.ts";
import { GatewayError } from "../../src/errors.ts";
import { createLog } from "../../src/log.ts";
import { createMetrics } from "../../src/observability/metrics.ts";

export const GOOD_TOKEN = "good-token";

/** Among the tokens: their user is an administrator. */
export const ADMINISTRATOR = "administrator";

/** Knows one token, for as long as it is in the set. */
function createAuthenticate(tokens: ReadonlySet<string>) {
  return async (authorization: string | undefined, origin: RequestOrigin): Promise<Viewer> => {
    if (authorization === undefined) return { type: "ANONYMOUS", id: null, permissions: ANONYMOUS_PERMISSIONS, origin };
    if (!tokens.has(authorization.replace("Bearer ", ""))) throw new GatewayError("UNAUTHENTICATED", "The session has ended.");
    const role = tokens.has(ADMINISTRATOR) ? "ADMIN" : "USER";
    return {
      type: "USER",
      id: "user_1",
      username: "ada",
      role,
      sessionId: "session_1",
      permissions: ROLE_PERMISSIONS[role],
      origin,
    };
  };
}

export type Edge = {
  readonly url: string;
  /** What a request with these is answered, as status, headers and parsed JSON. */
  post(body: unknown, headers?: Record<string, string>): Promise<{ status: number; headers: Headers; body: unknown }>;
  readonly tokens: Set<string>;
  /** The log's lines so far, as text and parsed. */
  log(): { text: string; lines: Record<string, unknown>[] };
  /** Ends it as SIGTERM does. */
  drain(graceMs: number, idleMs: number): Promise<void>;
  close(): Promise<void>;
};

/** The real HTTP app over a schema of the test's own, listening on a port of its own. */
export async function startEdge(schema: GraphQLSchema, changes: Partial<AppServices> = {}): Promise<Edge> {
  let text = "";
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  const tokens = new Set([GOOD_TOKEN]);
  const app = await createApp({
    config: parseConfig({ INTROSPECTION: "public" }),
    log: createLog("trace", sink),
    schema,
    resolvers: new Map(),
    metrics: createMetrics(),
    authenticate: createAuthenticate(tokens),
    jwks: async () => ({ keys: [{ kty: "OKP", kid: "key_1" }] }),
    readiness: { database: async () => {}, migrations: async () => {}, keyRing: async () => {} },
    ...changes,
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  return {
    url,
    tokens,
    post: async (body, headers = {}) => {
      const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
      const response = await fetch(`${url}/graphql`, init);
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    log: () => ({
      text,
      lines: text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    }),
    drain: (graceMs, idleMs) => app.draining.drain(graceMs, idleMs),
    close: () => app.close(),
  };
}
