import { GatewayError } from "../errors.ts";

/** An exchange with the Transit server, carried out elsewhere: this room opens no connection. */
export type TransitTransport = (request: {
  readonly method: "GET" | "POST";
  /** Below the server's `/v1/`, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}) => Promise<{ readonly status: number; readonly body: Buffer }>;

/** Where the token for the Transit server comes from. */
export type TransitTokens = {
  current(): Promise<string>;
  /** After a refusal: the next `current` looks for another one. */
  renew(): Promise<void>;
};

export type TransitAnswer = { readonly status: number; readonly body: TransitBody };
export type TransitBody = {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly auth?: Readonly<Record<string, unknown>> | null;
  readonly errors?: unknown;
};

/** One call with a valid token. @throws {GatewayError} UNAVAILABLE for all that is not an answer to the question */
export type TransitClient = { post(path: string, body: object): Promise<TransitAnswer> };

/** How long the server is not asked again after it could not be reached, in milliseconds: callers fail at once meanwhile. */
const AWAY_MS = 1_000;

/** The key-encryption key's server is away, sealed, or does not let us; `reason` is for the log. */
export function transitAway(reason: string, cause?: unknown): GatewayError {
  return new GatewayError("UNAVAILABLE", "The key management service cannot be used just now. Try again.", {
    cause: new Error(reason, cause === undefined ? undefined : { cause }),
    reason: "key-service",
  });
}

/** Why an answer is none, in words; the server's own texts are not repeated but for the status. */
function problemOf(status: number): string | null {
  if (status === 503) return "the server is sealed or in maintenance (503)";
  if (status === 429 || status === 472 || status === 473) return `the server is a standby or limits requests (${status})`;
  if (status === 404) return "there is no such mount or route (404)";
  if (status >= 500 || (status >= 300 && status < 400) || status < 200) return `the server answers with status ${status}`;
  return null;
}

/** Sends a question as it stands and reads the answer as JSON. @throws {GatewayError} UNAVAILABLE */
export async function exchange(transport: TransitTransport, request: Parameters<TransitTransport>[0]): Promise<TransitAnswer> {
  const { status, body } = await transport(request).catch((error: unknown) => {
    throw transitAway(`the server cannot be reached: ${error instanceof Error ? error.message : "unknown"}`, error);
  });
  const problem = problemOf(status);
  if (problem !== null) throw transitAway(problem);
  try {
    return { status, body: body.length === 0 ? {} : (JSON.parse(body.toString()) as TransitBody) };
  } catch {
    throw transitAway("the server's answer is not JSON");
  }
}

/** The headers of a question to the server. */
export function transitHeaders(namespace: string | undefined, token?: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-vault-request": "true",
    ...(token !== undefined && { "x-vault-token": token }),
    ...(namespace !== undefined && { "x-vault-namespace": namespace }),
  };
}

export type TransitClientOptions = {
  readonly transport: TransitTransport;
  readonly tokens: TransitTokens;
  readonly namespace?: string | undefined;
  readonly elapsed?: () => number;
};

/** The client; a token that is refused is fetched anew, once. */
export function createTransitClient({
  transport,
  tokens,
  namespace,
  elapsed = () => performance.now(),
}: TransitClientOptions): TransitClient {
  let away: { readonly until: number; readonly error: GatewayError } | null = null;

  const send = async (path: string, body: object): Promise<TransitAnswer> => {
    const headers = transitHeaders(namespace, await tokens.current());
    return exchange(transport, { method: "POST", path, headers, body: JSON.stringify(body) });
  };
  const sendWithFreshToken = async (path: string, body: object) => {
    const answer = await send(path, body);
    if (answer.status !== 403) return answer;
    await tokens.renew();
    const again = await send(path, body);
    if (again.status === 403) throw transitAway("the token is refused (403)");
    return again;
  };
  return {
    post: async (path, body) => {
      if (away !== null && away.until > elapsed()) throw away.error;
      try {
        const answer = await sendWithFreshToken(path, body);
        away = null;
        return answer;
      } catch (error) {
        if (error instanceof GatewayError) away = { until: elapsed() + AWAY_MS, error };
        throw error;
      }
    },
  };
}
