import type { Gateway, GraphqlAnswer } from "./gateway.ts";

const COOKIE = "__Host-postern-refresh";
const TOKENS = "accessToken refreshToken user { id } userErrors { code }";

export type BrowserAnswer = GraphqlAnswer<Record<string, never>> & {
  readonly status: number;
  readonly headers: Headers;
};

/** The tokens of a payload, as far as a browser sees them. */
export type BrowserTokens = {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly userErrors: readonly { readonly code: string }[];
};

/** A page of the gateway's own in a browser: it keeps the session in the cookie, and the access token in memory. */
export class BrowserClient {
  readonly #gateway: Pick<Gateway, "url">;
  /** The refresh token in the cookie jar; null for none. */
  cookie: string | null = null;
  accessToken: string | null = null;

  constructor(gateway: Pick<Gateway, "url">) {
    this.#gateway = gateway;
  }

  /** Sends a document as the page does, with headers changed, or left out when undefined. */
  async send(query: string, variables: object = {}, changes: Record<string, string | undefined> = {}): Promise<BrowserAnswer> {
    const headers: Record<string, string | undefined> = {
      "content-type": "application/json",
      "x-postern-session": "cookie",
      "sec-fetch-site": "same-origin",
      origin: this.#gateway.url,
      ...(this.accessToken === null ? {} : { authorization: `Bearer ${this.accessToken}` }),
      ...(this.cookie === null ? {} : { cookie: `theme=dark; ${COOKIE}=${this.cookie}` }),
      ...changes,
    };
    const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const body = JSON.stringify({ query, variables });
    const response = await fetch(`${this.#gateway.url}/graphql`, { method: "POST", headers: given, body });
    const set = response.headers.get("set-cookie");
    if (set !== null) this.cookie = set.split(";")[0]?.slice(COOKIE.length + 1) || null;
    return { ...((await response.json()) as object), status: response.status, headers: response.headers };
  }

  /** Signs in; the payload, and what the answer set. */
  async signIn(username: string, password: string) {
    const mutation = `mutation ($input: LoginInput!) { login(input: $input) { ${TOKENS} } }`;
    return this.#take("login", await this.send(mutation, { input: { username, password } }));
  }

  async refresh() {
    return this.#take("refreshSession", await this.send(`mutation { refreshSession { ${TOKENS} } }`));
  }

  #take(field: string, { data, headers }: BrowserAnswer) {
    const tokens = data?.[field] as unknown as BrowserTokens;
    this.accessToken = tokens.accessToken ?? this.accessToken;
    return { tokens, setCookie: headers.get("set-cookie") };
  }
}
