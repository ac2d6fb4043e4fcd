import { BadRequestError, type PosternErrorClass, UnexpectedAnswerError, UpstreamError } from "./errors.ts";
import { exchange, firstOf, member, text } from "./exchange.ts";
import { withRetries } from "./retry.ts";

export type PosternClientOptions = {
  /** Where Postern is, a path included if it has one: `https://postern.example`. */
  readonly url: string;
  /** A service token or a user's access token, or what gives the one that is current. */
  readonly token: string | (() => string | Promise<string>);
  /** Milliseconds that one try may take; 15,000. */
  readonly timeoutMs?: number;
  /** The same where Postern may have to log in upstream; 110,000. */
  readonly loginTimeoutMs?: number;
  /** How often it is tried again after a network fault, a 5xx or a 429; 3. */
  readonly retries?: number;
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof fetch;
};

/** Which credential is meant; a service token names the user, a user's own token need not. */
export type CredentialSelector = {
  readonly username?: string;
  readonly connector: string;
  readonly project?: string;
  readonly label?: string;
};

export type CallOptions = { readonly signal?: AbortSignal };

/** A document as text, or one that carries its types, such as `TypedDocumentString` of GraphQL Code Generator. */
export type TypedDocument<Result, Variables> = {
  toString(): string;
  readonly __apiType?: (variables: Variables) => Result;
};

/** The variables may be left out where the document needs none. */
export type QueryArguments<Variables> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: CallOptions]
    : [variables: Variables, options?: CallOptions];

/** Every call rejects with a `PosternError`, or with the signal's reason when the caller aborts. */
export type PosternClient = {
  /** E-mail address and password of a user's login for an application. */
  getUserCredentials(
    user: string,
    app: string,
    options?: CallOptions,
  ): Promise<{ readonly email: string; readonly password: string }>;
  /** The fields of a credential in the clear, by name. */
  getCredential(credential: CredentialSelector, options?: CallOptions): Promise<Readonly<Record<string, string>>>;
  /** The upstream's own access token, by Postern's cache or by a login that Postern makes; connector `login-api` unless another is named. */
  accessToken(credential?: Partial<CredentialSelector>, options?: CallOptions): Promise<string>;
  /** The data of any document. One with errors rejects with the first; a mutation is not sent twice, unless it was turned away with 429. */
  query<Result = unknown, Variables = Record<string, unknown>>(
    document: TypedDocument<Result, Variables>,
    ...rest: QueryArguments<Variables>
  ): Promise<Result>;
};

const REVEAL = `mutation RevealCredential($input: RevealCredentialInput!) {
  revealCredential(input: $input) { fields { name value } userErrors { message code } }
}`;
const ISSUE = `mutation IssueAccessToken($input: IssueAccessTokenInput!) {
  issueAccessToken(input: $input) { accessToken userErrors { message code } }
}`;

/** A caller of one Postern gateway. @throws {TypeError} for a URL that is none, or holds a user or a query */
export function createPosternClient(options: PosternClientOptions): PosternClient {
  const { token, timeoutMs = 15_000, loginTimeoutMs = 110_000, retries = 3 } = options;
  const base = parseBase(options.url);
  const unexpected = () => new UnexpectedAnswerError(`${base} does not answer like Postern.`, { code: "UNEXPECTED_ANSWER" });

  type Asking = CallOptions & { readonly timeoutMs?: number; readonly isRepeatable?: boolean };
  const ask = (path: string, json: unknown, { signal, isRepeatable = true, ...asking }: Asking) => {
    const send = options.fetch ?? fetch;
    const attempt = async () => {
      const question = { url: `${base}${path}`, token: typeof token === "string" ? token : await token(), json };
      return exchange(question, { fetch: send, timeoutMs: asking.timeoutMs ?? timeoutMs, signal });
    };
    return withRetries(attempt, { retries, isRepeatable, signal });
  };

  const mutate = async (name: string, query: string, credential: object, Refusal: PosternErrorClass, asking: Asking) => {
    const body = await ask("/graphql", { query, variables: { input: { credential } } }, asking);
    const payload = member(member(body, "data"), name);
    const refusal = firstOf(member(payload, "userErrors"));
    if (refusal === undefined) return payload;
    throw new Refusal(text(member(refusal, "message")) ?? "", { code: text(member(refusal, "code")) ?? "" });
  };

  return {
    getUserCredentials: async (user, app, { signal } = {}) => {
      const path = `/api/v1/credentials/${segment(user)}/${segment(app)}`;
      const body = await ask(path, undefined, { signal });
      const email = text(member(body, `dev_${app}_email`));
      const password = text(member(body, `dev_${app}_password`));
      if (email === undefined || password === undefined) throw unexpected();
      return { email, password };
    },
    getCredential: async (credential, { signal } = {}) => {
      const fields = member(await mutate("revealCredential", REVEAL, credential, BadRequestError, { signal }), "fields");
      if (!Array.isArray(fields)) throw unexpected();
      return Object.fromEntries(fields.map((field) => [text(member(field, "name")) ?? "", text(member(field, "value")) ?? ""]));
    },
    accessToken: async (credential = {}, { signal } = {}) => {
      const selector = { connector: "login-api", ...credential };
      const payload = await mutate("issueAccessToken", ISSUE, selector, UpstreamError, { signal, timeoutMs: loginTimeoutMs });
      const accessToken = text(member(payload, "accessToken"));
      if (accessToken === undefined) throw unexpected();
      return accessToken;
    },
    query: async <Result, Variables>(document: TypedDocument<Result, Variables>, ...rest: QueryArguments<Variables>) => {
      const [variables, { signal } = {}] = rest;
      const query = document.toString();
      const isRepeatable = !/\bmutation\b/.test(query);
      const data = member(await ask("/graphql", { query, variables }, { signal, isRepeatable }), "data");
      if (data == null) throw unexpected();
      return data as Result;
    },
  };
}

/**
 * A name as one segment of an address.
 * @throws {BadRequestError} for one that cannot be it: URLs take `.` and `..`, encoded too, for a step to elsewhere
 */
function segment(name: string): string {
  if (!/^\.{0,2}$|\p{Cs}/u.test(name)) return encodeURIComponent(name);
  throw new BadRequestError(`"${name}" cannot stand in an address: ask for it by getCredential.`, { code: "BAD_USER_INPUT" });
}

function parseBase(url: string): string {
  const base = URL.canParse(url) ? new URL(url) : null;
  if (base === null || !/^https?:$/.test(base.protocol) || base.username || base.password || base.search || base.hash) {
    // Not repeated: somebody may have put a password into it.
    throw new TypeError("The URL of Postern must be https://host or http://host, without user, query and fragment.");
  }
  return base.href.replace(/\/+$/, "");
}
