import { Readable } from "node:stream";
import type { Viewer } from "../access/viewer.ts";
import type { AuditEntry } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Connector, ConnectorCall, ConnectorRegistry, FieldValues } from "../connectors/connector.ts";
import { badInput, type PersonError } from "../errors.ts";
import type { AccessTokenBroker } from "../upstream/access-token-broker.ts";
import { passAnswerHeaders } from "../upstream/answer-headers.ts";
import { type HeaderPairs, passHeaders } from "../upstream/call-headers.ts";
import { type CallMethod, parseCallTarget, requireCallMethod } from "../upstream/call-target.ts";
import { ConnectionError } from "../upstream/connection-error.ts";
import { streamOf } from "../upstream/piece-stream.ts";
import type { SecretMask } from "../upstream/secret-mask.ts";
import { endBody, type StreamBody, type StreamClient, type StreamResponse } from "../upstream/stream-client.ts";
import { type UpstreamObserver, unobserved } from "../upstream/upstream-observer.ts";
import { readAll, readIfSmall } from "./call-body.ts";
import { CallRecorder } from "./call-recorder.ts";
import type { CredentialAccess, CredentialSelector, CredentialSource, ResolvedCredential } from "./credential-access.ts";
import { type CheckedCall, prepareCall } from "./prepared-call.ts";

/** One call as a caller asks for it. */
export type CallRequest = {
  readonly method: string;
  /** Relative to the credential's base URL, with the query behind `?`. */
  readonly path: string;
  readonly headers: HeaderPairs;
  readonly body: StreamBody | null;
  /** Exact length of a streamed body in bytes; null when unknown. */
  readonly bodyLength: number | null;
  /** Ends the call, also in the middle of its answer. */
  readonly signal: AbortSignal;
};

/** An upstream's answer as the caller may have it. A streamed body that breaks off ends with an error, never like a whole one. */
export type CallAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: StreamBody;
  readonly source: CredentialSource;
  readonly reason: string;
};

export type CallInput = {
  readonly credential: CredentialSelector;
  readonly method?: string | null | undefined;
  readonly path: string;
  readonly headers?: readonly { readonly name: string; readonly value: string }[] | null | undefined;
  readonly body?: string | null | undefined;
};

/** A whole answer. `body` is text when its bytes are UTF-8, else base64 of them. */
export type WholeAnswer = {
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string;
  readonly isBase64: boolean;
  readonly durationMs: number;
};

export type CallResult = {
  readonly response: WholeAnswer | null;
  readonly source: CredentialSource;
  readonly userErrors: readonly PersonError[];
};

type Dependencies = {
  readonly credentials: Pick<CredentialAccess, "resolve" | "open">;
  readonly connectors: ConnectorRegistry;
  readonly http: Pick<StreamClient, "openStream">;
  readonly tokens: Pick<AccessTokenBroker, "issue" | "invalidate">;
  readonly audit: AuditLog;
  /** Told when the end of a streamed call could not be recorded; its start is on record. */
  readonly onAuditFailure: (error: unknown) => void;
  /** Watches each call until its head is there; nobody does when left out. */
  readonly observe?: UpstreamObserver;
};

type Call = CheckedCall & Pick<CallRequest, "body" | "bodyLength" | "signal"> & { readonly method: CallMethod };
type Opened = { readonly connector: Connector; readonly values: FieldValues };
type Figures = { status: number | null; bytes: number; code: string | null };
type RecordEnd = (entry: AuditEntry) => Promise<void>;
type Answered = CallAnswer & { readonly recorded: Promise<void> };

const WHOLE_DEADLINE_MS = 30_000;
const MOST_WHOLE_BYTES = 5 * 1024 * 1024;

/**
 * Calls upstreams with stored credentials. Invariants: the caller never sees the secret; the call is on record before the
 * secret is sent; exactly one credential goes along, and nothing that tells who called Postern.
 */
export class UpstreamCallService {
  readonly #deps: Dependencies;
  readonly #recorder: CallRecorder;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
    this.#recorder = new CallRecorder(dependencies.audit);
  }

  /** Has the ends of calls recorded that wait for another's beginning; call it before the audit log is closed. */
  close(): void {
    this.#recorder.handOver();
  }

  /**
   * One call, its bodies streamed both ways.
   * @throws {GatewayError} NOT_FOUND, FORBIDDEN, BAD_USER_INPUT for what is asked, UNAVAILABLE when it cannot be recorded
   * @throws {ConnectionError} what happened on the way to the upstream
   */
  async stream(viewer: Viewer, selector: CredentialSelector, request: CallRequest): Promise<CallAnswer> {
    const resolved = await this.#deps.credentials.resolve(viewer, selector, "upstream:call");
    const { recorded, ...answer } = await this.#open(viewer, resolved, request, (entry) => this.#recorder.end(entry));
    recorded.catch(this.#deps.onAuditFailure);
    return answer;
  }

  /** One call whose answer is read whole, within 30 s and 5 MB. What the upstream decides is data. */
  async call(viewer: Viewer, input: CallInput, signal: AbortSignal): Promise<CallResult> {
    const startedAt = performance.now();
    const resolved = await this.#deps.credentials.resolve(viewer, input.credential, "upstream:call");
    const { source } = resolved;
    const body = input.body ? Buffer.from(input.body) : null;
    const headers = (input.headers ?? []).map(({ name, value }) => [name, value] as const);
    const ending = AbortSignal.any([signal, AbortSignal.timeout(WHOLE_DEADLINE_MS)]);
    const request = { method: input.method ?? "GET", path: input.path, headers, body, bodyLength: null, signal: ending };
    try {
      const answer = await this.#open(viewer, resolved, request, (entry) => this.#deps.audit.record(entry));
      const whole = await readAll(answer.body, MOST_WHOLE_BYTES).finally(() => answer.recorded);
      const durationMs = Math.round(performance.now() - startedAt);
      const named = Object.entries(answer.headers).map(([name, value]) => ({ name, value }));
      return { response: { status: answer.status, headers: named, ...whole, durationMs }, source, userErrors: [] };
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      return { response: null, source, userErrors: [{ message: error.message, field: null, code: error.code }] };
    }
  }

  async #open(viewer: Viewer, resolved: ResolvedCredential, request: CallRequest, recordEnd: RecordEnd): Promise<Answered> {
    const call = checkCall(request);
    const route = this.#requireCall(resolved);
    const events = describeEvents(viewer, resolved, call);
    const end = (figures: Figures) => recordEnd(events.ended(figures));
    const [opened] = await Promise.all([this.#deps.credentials.open(resolved), this.#recorder.begin(events.started)]);
    const figures: Figures = { status: null, bytes: 0, code: null };
    try {
      const { response, mask } = await this.#send(viewer, resolved, { call, route, opened });
      figures.status = response.status;
      const { body, ended } = maskBody(response.body, mask, figures);
      const { source, reason } = resolved;
      const headers = passAnswerHeaders(response.headers, mask);
      return { status: response.status, headers, body, source, reason, recorded: ended.then(() => end(figures)) };
    } catch (error) {
      figures.code = error instanceof ConnectionError ? error.code : "INTERNAL";
      await end(figures);
      throw error;
    }
  }

  #requireCall({ credential }: ResolvedCredential): ConnectorCall<FieldValues> {
    const call = this.#deps.connectors.find(credential.connectorId)?.call;
    if (call !== undefined) return call;
    throw badInput("credential", `No calls can be made with a credential of ${credential.connectorId}.`);
  }

  /** Sends the call; one that the upstream refuses for its access token goes out once more with a new one, if it can. */
  async #send(
    viewer: Viewer,
    { credential }: ResolvedCredential,
    { call, route, opened }: { call: Call; route: ConnectorCall<FieldValues>; opened: Opened },
  ): Promise<{ response: StreamResponse; mask: SecretMask }> {
    const { tokens, http, observe = unobserved } = this.#deps;
    const { id, version, connectorId } = credential;
    const poolKey = [viewer.id ?? viewer.type, id, version].join(" ");
    const body = route.usesAccessToken ? await readIfSmall(call.body, call.bodyLength) : call.body;
    const attempt = async (accessToken: string | null) => {
      const { mask, ...prepared } = prepareCall({ ...opened, call: route, accessToken }, call);
      const { method, bodyLength, signal } = call;
      const sized = body === call.body ? { body, bodyLength } : { body };
      const request = { method, ...prepared, ...sized, poolKey, signal, firstByteMs: route.firstByteMs };
      const response = await observe(connectorId, "call", () => http.openStream(request));
      return { response, mask };
    };
    if (!route.usesAccessToken) return attempt(null);
    const issued = await tokens.issue(id, { version, signal: call.signal });
    const first = await attempt(issued.accessToken);
    if (first.response.status !== 401) return first;
    await tokens.invalidate(id, issued.generation);
    // A refusal has done nothing, so even a POST may be repeated; but a body that was streamed is gone.
    if (body instanceof Readable) return first;
    endBody(first.response.body);
    const renewed = await tokens.issue(id, { version, signal: call.signal });
    return attempt(renewed.accessToken);
  }
}

/** The two events of a call: that it begins, durable before the secret is sent, and what came of it. */
function describeEvents(viewer: Viewer, { credential, source }: ResolvedCredential, { method, target }: Call) {
  const startedAt = performance.now();
  const about = { actor: viewer, target: { type: "Credential", id: credential.id }, ownerId: credential.ownerId };
  const details = { connector: credential.connectorId, method, path: `/${target.path}`, source };
  const started: AuditEntry = { ...about, action: "UPSTREAM_CALL_STARTED", details };
  const ended = (figures: Figures): AuditEntry => ({
    ...about,
    action: "UPSTREAM_CALLED",
    outcome: figures.code === null ? "SUCCEEDED" : "FAILED",
    details: { ...details, ...figures, durationMs: Math.round(performance.now() - startedAt) },
  });
  return { started, ended };
}

function checkCall({ method, path, headers, body, bodyLength, signal }: CallRequest): Call {
  const known = requireCallMethod(method);
  if (body !== null && (known === "GET" || known === "HEAD")) throw badInput("body", `${known} carries no body.`);
  return { method: known, target: parseCallTarget(path), headers: passHeaders(headers), body, bodyLength, signal };
}

/** The body masked and counted; `ended` resolves when it is over, and `figures.code` tells of a body that was not whole. */
function maskBody(source: StreamBody, mask: SecretMask, figures: Figures): { body: StreamBody; ended: Promise<void> } {
  if (source instanceof Readable) return maskStream(source, mask, figures);
  const body = mask.maskBytes(source);
  figures.bytes = body.length;
  return { body, ended: Promise.resolve() };
}

function maskStream(source: Readable, mask: SecretMask, figures: Figures): { body: Readable; ended: Promise<void> } {
  async function* pieces() {
    for await (const piece of mask.maskStream(source)) {
      figures.bytes += piece.length;
      yield piece;
    }
    figures.code = null;
  }
  figures.code = "INCOMPLETE";
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const body = streamOf(pieces(), () => {
    source.destroy();
    end();
  });
  return { body, ended };
}
