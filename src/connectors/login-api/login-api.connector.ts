import { z } from "zod";
import { ConnectionError } from "../../upstream/connection-error.ts";
import type { HttpClient } from "../../upstream/http-client.ts";
import { readJson } from "../../upstream/read-json.ts";
import { endOfToken, requireToken } from "../../upstream/upstream-token.ts";
import { retryAfterSeconds } from "../answer-status.ts";
import type { Connector, TestOptions, UpstreamToken } from "../connector.ts";
import { HTTP_URL_PATTERN } from "../connector-fields.ts";
import { createConnector } from "../create-connector.ts";

/*
 * A company's login API: one POST of JSON `{"email","password"}` to the login URL, which answers
 * `{"statusCode":200,"accessToken":"…"}`. The account needs nothing but to exist. The token is used at the base URL.
 *
 * Such an API may answer HTTP 200 and mean a failure, with a sentence where the token would be
 * (`{"statusCode":500,"accessToken":"Failed to generate token after retries"}`), so the number in the body decides, and no
 * text of a failed answer goes anywhere. One call is one login: never repeated here, redirects not followed.
 */

export type LoginApiConnectorOptions = {
  readonly http: HttpClient;
  /** Login route of a credential that names none. */
  readonly loginUrl?: string | undefined;
  /** Where the tokens of a credential that names nothing else are used. */
  readonly baseUrl?: string | undefined;
  /** How long a token is used at most, in seconds. */
  readonly tokenTtlSeconds: number;
};

/** A login may take this long, in milliseconds: some of these APIs retry inside, for many seconds. */
const LOGIN_DEADLINE_MS = 30_000;
const MAX_ANSWER_BYTES = 256 * 1024;

/** The connector `login-api`: an e-mail address and a password that buy an access token. */
export function createLoginApiConnector({ http, loginUrl, baseUrl, tokenTtlSeconds }: LoginApiConnectorOptions): Connector {
  const login = async (values: LoginValues, options: TestOptions): Promise<UpstreamToken> => {
    const { accessToken, expires_in } = await logIn(http, values, options);
    return { accessToken, expiresAt: endOfToken(accessToken, tokenTtlSeconds, new Date(), expires_in) };
  };
  return createConnector({
    id: "login-api",
    name: "Login API",
    description: "A company's cloud API: a login that gives an access token for calls.",
    fields: fieldsWith(loginUrl, baseUrl),
    test: async (values, options) => {
      await login(values, options);
      return { stage: "AUTHENTICATE", message: "The login API accepts the e-mail address and password.", details: {} };
    },
    login,
    call: {
      usesAccessToken: true,
      baseUrl: ({ base_url }) => {
        if (base_url !== undefined) return base_url;
        throw new ConnectionError("INVALID_FIELDS", "VALIDATE", "The credential names no base URL, and Postern has no default.");
      },
      inject: (_, accessToken) => ({ headers: { authorization: `Bearer ${accessToken}` } }),
    },
  });
}

type LoginValues = { readonly email: string; readonly password: string; readonly login_url?: string | undefined };

function fieldsWith(loginUrl: string | undefined, baseUrl: string | undefined) {
  return z.object({
    email: z.string().max(320).meta({ title: "E-mail", description: "What you log in with." }),
    password: z.string().meta({ title: "Password", secret: true }),
    login_url: urlField({ title: "Login URL", description: "Where e-mail and password are sent.", initial: loginUrl }),
    base_url: urlField({ title: "Base URL", description: "Root of the API that the token is for.", initial: baseUrl }),
  });
}

function urlField({ initial, ...meta }: { title: string; description: string; initial: string | undefined }) {
  const url = z
    .url({ protocol: /^https?$/, error: "This must be an http or https URL", abort: true })
    .refine(hasNoUser, "must carry no user name");
  return url.optional().meta({ ...meta, ...HTTP_URL_PATTERN, ...(initial === undefined ? {} : { initial }) });
}

function hasNoUser(text: string): boolean {
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

async function logIn(http: HttpClient, { email, password, login_url }: LoginValues, { signal, onStage }: TestOptions) {
  if (login_url === undefined) {
    throw new ConnectionError("INVALID_FIELDS", "VALIDATE", "The credential names no login URL, and Postern has no default.");
  }
  const response = await http.request({
    method: "POST",
    url: login_url,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
    signal,
    deadlineMs: LOGIN_DEADLINE_MS,
    maxBytes: MAX_ANSWER_BYTES,
    stage: "AUTHENTICATE",
    ...(onStage && { onStage }),
  });
  const retryAfter = retryAfterSeconds(response.headers["retry-after"]);
  requireSuccess(response.status, retryAfter);
  const answer = readJson(response, "AUTHENTICATE");
  requireSuccess(verdict.parse(answer).statusCode, retryAfter);
  const { accessToken, expires_in } = grant.parse(answer);
  return { accessToken: requireToken(accessToken), expires_in };
}

const verdict = z.object({ statusCode: z.number() });
// Only looked at after the verdict: in a failed answer this is no token.
const grant = z.object({ accessToken: z.string(), expires_in: z.unknown().optional() });

/** Judges the status of the answer and the one in its body alike; 5xx and 429 may pass, a refusal does not. */
function requireSuccess(status: number, retryAfter: number | undefined): void {
  if (status === 200) return;
  const wait = retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter };
  if (status === 401 || status === 403) {
    throw new ConnectionError("CREDENTIAL_REJECTED", "AUTHENTICATE", "The login API rejects the e-mail address or password.");
  }
  if (status === 429) throw new ConnectionError("RATE_LIMITED", "AUTHENTICATE", "The login API asks to wait.", wait);
  if (status >= 500 && status < 600) {
    const message = `The login API failed by its own fault (status ${status}).`;
    throw new ConnectionError("UNREACHABLE", "AUTHENTICATE", message, wait);
  }
  throw new ConnectionError("UNEXPECTED_RESPONSE", "AUTHENTICATE", `The login API answers with status ${status}.`);
}
