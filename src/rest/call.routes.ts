import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import type { RequestOrigin, Viewer } from "../access/viewer.ts";
import type { CredentialSelector } from "../credentials/credential-access.ts";
import type { CallRequest, UpstreamCallService } from "../credentials/upstream-call.service.ts";
import { GatewayError } from "../errors.ts";
import { signalWhenGone } from "../http/gone-caller.ts";
import { refuseMethods } from "../http/refused-methods.ts";
import { originOf } from "../http/request-origin.ts";
import { decodeOctets } from "../http/token-in-url.ts";
import { CALL_METHODS } from "../upstream/call-target.ts";
import { ConnectionError } from "../upstream/connection-error.ts";
import type { StreamBody } from "../upstream/stream-client.ts";
import { viewerOf } from "./caller.ts";
import { discardBody } from "./discard-body.ts";
import { sendFailure } from "./failure.ts";
import type { FailureShape } from "./route.ts";

export type CallRoutesServices = {
  /** Who calls, by the `Authorization` header. @throws {GatewayError} UNAUTHENTICATED */
  readonly authenticate: (authorization: string | undefined, origin: RequestOrigin) => Promise<Viewer>;
  readonly calls: Pick<UpstreamCallService, "stream">;
};

/** The viewer's own login, and any credential of theirs. */
const ADDRESSES = { login: "/api/user/call/*", credential: "/api/call/:credentialId/*" } as const;
const FAILURES: FailureShape = { key: "detail" };

/**
 * `ANY /api/call/{credentialId}/{path…}` and `ANY /api/user/call/{path…}` (the viewer's credential of connector `login-api`):
 * calls through the gateway, bodies streamed both ways. Failures before the answer begins are `{"detail": …}`; an answer that
 * breaks off later is cut, so that nobody takes it for whole. Other methods are refused.
 */
export function registerCallRoutes(app: FastifyInstance, services: CallRoutesServices): void {
  app.setErrorHandler((error, request, reply) => sendFailure(FAILURES, error, request, reply));
  for (const url of Object.values(ADDRESSES)) refuseMethods(app, url, CALL_METHODS);
  void app.register(async (scope) => {
    // Bodies are the upstream's affair: of any type, not parsed, not collected.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _body, done) => done(null));
    scope.setErrorHandler(fail);
    const route = (url: string, select: (request: FastifyRequest) => CredentialSelector) =>
      scope.route({
        method: [...CALL_METHODS] as HTTPMethods[],
        url,
        exposeHeadRoute: false,
        // Before the body is read, and before the request takes its place among those of its caller.
        onRequest: async (request) => {
          const viewer = await services.authenticate(request.headers.authorization, originOf(request));
          request.viewer = viewer;
          request.viewerId = viewer.id;
          request.isWaiting = true;
        },
        handler: (request, reply) => passOn(request, reply, services, select(request)),
      });
    route(ADDRESSES.login, () => ({ connector: "login-api" }));
    route(ADDRESSES.credential, (request) => ({ id: (request.params as { credentialId: string }).credentialId }));
  });
}

/** The failure in the shape of these routes; one on the way to the upstream is a bad or late gateway's. */
async function fail(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  await discardBody(request.raw);
  // The rest of a body that is still coming is nobody's.
  if (!request.raw.complete) reply.header("connection", "close");
  if (!(error instanceof ConnectionError)) return sendFailure(FAILURES, error, request, reply);
  if (error.retryAfterSeconds !== undefined) reply.header("retry-after", Math.ceil(error.retryAfterSeconds));
  return reply.code(error.code === "TIMEOUT" ? 504 : 502).send({ detail: error.message });
}

async function passOn(request: FastifyRequest, reply: FastifyReply, services: CallRoutesServices, selector: CredentialSelector) {
  const call = { ...readCall(request), signal: signalWhenGone(reply) };
  const { status, headers, body, source } = await services.calls.stream(viewerOf(request), selector, call);
  reply.code(status).headers({ ...headers, "x-postern-source": source.toLowerCase() });
  return reply.send(toPayload(reply, body));
}

/** Segments of an address before the upstream's path, the empty one in front among them: as many in both routes. */
const SEGMENTS_BEFORE = 4;

/** The call as it stands in the request, undecoded: what Fastify decodes could no longer be told from what was sent. */
function readCall({ raw }: FastifyRequest): Omit<CallRequest, "signal"> {
  const { upgrade, te, expect, "transfer-encoding": coding, "content-length": length } = raw.headers;
  if (upgrade !== undefined) throw refused("Upgrades of the connection are not passed on.");
  if (te !== undefined && te !== "trailers") throw refused("The transfer codings of TE are not supported.");
  if (coding !== undefined && coding.trim().toLowerCase() !== "chunked") throw refused("The only transfer coding is chunked.");
  // Postern's own listener has answered this one; it is never passed on.
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") throw refused("Expectations are not passed on.");
  const [path = "", ...query] = (raw.url ?? "").split("?");
  const target = [`/${path.split("/").slice(SEGMENTS_BEFORE).join("/")}`, ...query].join("?");
  const token = raw.headers.authorization?.split(" ").at(-1) || null;
  const hasToken = (text: string) => token !== null && text.includes(token);
  if (hasToken(decodeOctets(target)))
    throw refused("Your token of Postern belongs into the header Authorization: in an address the upstream would get it.");
  const hasBody = coding !== undefined || (length !== undefined && length !== "0");
  return {
    method: raw.method ?? "",
    path: target,
    // In a header of another name it would say who calls, and let the upstream call as them.
    headers: pairsOf(raw.rawHeaders).filter(([, value]) => !hasToken(value)),
    body: hasBody ? raw : null,
    bodyLength: coding === undefined && length !== undefined ? Number(length) : null,
  };
}

function refused(message: string): GatewayError {
  return new GatewayError("BAD_USER_INPUT", message);
}

function pairsOf(rawHeaders: readonly string[]): (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : []));
}

/**
 * What Fastify sends. The head of a stream goes out before its first piece, where that is not there at once: a stream of events
 * may be silent for long.
 */
function toPayload(reply: FastifyReply, body: StreamBody): StreamBody {
  const { raw } = reply;
  if (!(body instanceof Readable)) return isSafeWhole(reply) ? body : Readable.from([body]);
  const flush = () => {
    // Not by `flushHeaders`, which would write as UTF-8 what stands for one byte a character.
    if (!raw.headersSent && !raw.destroyed) raw.write(NOTHING);
  };
  return body.once("resume", () => setImmediate(flush));
}

const NOTHING = Buffer.alloc(0);

/** Whether the head stays as it is beside a length: Fastify would make up a type, and Node changes bytes of this one name. */
function isSafeWhole(reply: FastifyReply): boolean {
  return reply.hasHeader("content-type") && /^[\0-\x7f]*$/.test(String(reply.getHeader("content-disposition") ?? ""));
}
