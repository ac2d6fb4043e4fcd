import type { Fetcher, FetcherParams } from "@graphiql/toolkit";
import { getOperationAST, parse } from "graphql";
import { createClient, type RequestParams } from "graphql-sse";
import { Tabs } from "../session/tabs.ts";

type Headers = Record<string, string>;

function isSubscription({ query, operationName }: FetcherParams): boolean {
  return getOperationAST(parse(query), operationName)?.operation === "subscription";
}

/** The access token that the answer of a sign-in, a registration or a refresh carries. */
function findAccessToken(answer: unknown): string | null {
  const data = (answer as { data?: Record<string, { accessToken?: unknown } | null> | null }).data ?? {};
  for (const field of ["register", "login", "refreshSession"]) {
    const token = data[field]?.accessToken;
    if (typeof token === "string") return token;
  }
  return null;
}

/**
 * Sends documents to the gateway, subscriptions as server-sent events. A token that an answer brought goes with what is
 * sent next, else that of a dashboard that is open in this browser, unless the header editor says otherwise; it is kept
 * in memory alone.
 */
export function createFetcher(): Fetcher {
  let own: string | null = null;
  const tabs = new Tabs();
  const headersOf = async (given: Headers | undefined): Promise<Headers> => {
    const names = Object.keys(given ?? {}).map((name) => name.toLowerCase());
    const isGiven = names.includes("authorization");
    const accessToken = isGiven ? null : (own ?? (await tabs.ask())?.accessToken ?? null);
    return accessToken === null ? { ...given } : { ...given, authorization: `Bearer ${accessToken}` };
  };
  return (params, options) => {
    const headers = headersOf(options?.headers);
    if (isSubscription(params)) {
      return createClient({ url: "/graphql/stream", headers: () => headers, retryAttempts: 0 }).iterate(params as RequestParams);
    }
    return headers
      .then((known) => send(params, known))
      .then((answer) => {
        own = findAccessToken(answer) ?? own;
        return answer;
      });
  };
}

async function send(params: FetcherParams, headers: Headers) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", ...headers },
    body: JSON.stringify(params),
    credentials: "omit",
  });
  return response.json();
}
