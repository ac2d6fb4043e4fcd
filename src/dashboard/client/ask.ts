import type { TypedDocumentString } from "../gql/graphql.ts";
import { fetchInSession } from "../session/session-fetch.ts";
import { type Problem, problemOfAnswer, problemOfNetwork } from "./problem.ts";
import type { Answer } from "./send.ts";

/** The data, or what kept it from coming; `retryAfterMs` where the gateway says when to come back. */
export type Asked<Data> =
  | { readonly data: Data; readonly problem: null; readonly retryAfterMs: null }
  | { readonly data: null; readonly problem: Problem; readonly retryAfterMs: number | null };

/** Asks a query outside of the page's cache, for what goes through many pages and shows none of them. Never rejects. */
export async function ask<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  signal: AbortSignal,
): Promise<Asked<Data>> {
  try {
    const response = await fetchInSession("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal,
    });
    const { data, errors } = (await response.json()) as Answer<Data>;
    const [error] = errors ?? [];
    if (error === undefined && data != null) return { data, problem: null, retryAfterMs: null };
    const seconds = error?.extensions?.retryAfterSeconds;
    const problem = error === undefined ? problemOfNetwork() : problemOfAnswer(error);
    return { data: null, problem, retryAfterMs: typeof seconds === "number" ? seconds * 1_000 : null };
  } catch {
    return { data: null, problem: problemOfNetwork(), retryAfterMs: null };
  }
}
