import { codeOfStatus, errorOf, NetworkError, UnexpectedAnswerError } from "./errors.ts";

export type Question = {
  readonly url: string;
  readonly token: string;
  /** Sent as JSON by POST; left out: GET. */
  readonly json?: unknown;
};

export type ExchangeOptions = {
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Asks once, and gives the body of the answer as JSON.
 * @throws {PosternError} for every answer that complains, by status or by GraphQL's `errors`; the reason of `signal` when
 * the caller aborts; TypeError for a token that cannot be one
 */
export async function exchange(question: Question, options: ExchangeOptions): Promise<unknown> {
  const { url, token } = question;
  // Before fetch quotes a header that it refuses.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new TypeError("No token: one has printable ASCII characters and no spaces.");
  const response = await send(question, options);
  const body = parseJson(response.text);
  const first = firstOf(member(body, "errors"));
  if (first === undefined && response.status < 400) {
    if (body === undefined)
      throw new UnexpectedAnswerError(`${url} does not answer like Postern.`, { code: "UNEXPECTED_ANSWER" });
    return body;
  }
  const extensions = member(first, "extensions");
  const said = text(member(first, "message")) ?? text(member(body, "detail")) ?? text(member(member(body, "error"), "message"));
  // A proxy in between may repeat the request's headers in its complaint.
  throw errorOf((said ?? `${url} answers with status ${response.status}.`).replaceAll(token, "***"), {
    code: text(member(extensions, "code")) ?? codeOfStatus(Math.max(response.status, 400)),
    status: response.status,
    retryAfterSeconds: number(member(extensions, "retryAfterSeconds")) ?? parseRetryAfter(response.retryAfter),
    correlationId: text(member(extensions, "correlationId")),
  });
}

type Reply = { readonly status: number; readonly text: string; readonly retryAfter: string | null };

async function send({ url, token, json }: Question, { fetch, timeoutMs, signal }: ExchangeOptions): Promise<Reply> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const init: RequestInit = {
    headers: {
      accept: "application/json",
      authorization: `Bearer ${token}`,
      ...(json === undefined ? {} : { "content-type": "application/json" }),
    },
    // The token is for this address alone, and the answer for this caller.
    redirect: "manual",
    credentials: "omit",
    cache: "no-store",
    signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    ...(json === undefined ? {} : { method: "POST", body: JSON.stringify(json) }),
  };
  try {
    const response = await fetch(url, init);
    const { status } = response;
    // Browsers hide a redirect's status.
    if (response.type === "opaqueredirect" || (status >= 300 && status < 400)) {
      throw new UnexpectedAnswerError(`${url} redirects elsewhere, and the token goes nowhere else.`, {
        code: "REDIRECTED",
        status,
      });
    }
    return { status, text: await response.text(), retryAfter: response.headers.get("retry-after") };
  } catch (error) {
    if (error instanceof UnexpectedAnswerError) throw error;
    signal?.throwIfAborted();
    if (timeout.aborted) throw new NetworkError(`${url}: no answer within ${timeoutMs} ms`, { code: "TIMEOUT" });
    // Only the cause's code: its text may quote the answer.
    const cause = text(member(error instanceof Error ? error.cause : undefined, "code"));
    throw new NetworkError(`${url} cannot be reached${cause === undefined ? "" : ` (${cause})`}`, { code: "UNREACHABLE" });
  }
}

/** Undefined for what is no JSON; its own error would quote the text. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** Seconds from now of a `Retry-After` header, which is a number of seconds or a date. */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** A member of what may be an object; undefined of anything else. */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** The first of a list that has one. */
export function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? (value[0] as unknown) : undefined;
}

/** The value if it is a text. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
