import type { TypedDocumentString } from "../gql/graphql.ts";

/** An error of an answer, as GraphQL over HTTP carries it. */
export type AnswerError = {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly [name: string]: unknown };
};

export type Answer<Data> = { readonly data?: Data | null; readonly errors?: readonly AnswerError[] };

/**
 * Asks the gateway to keep the refresh token in a cookie that no script can read. Browsers keep such a cookie on a secure
 * origin alone; elsewhere the token stays in this page's memory, and a reload signs in again.
 */
export const SESSION_HEADERS: Readonly<Record<string, string>> = window.isSecureContext ? { "x-postern-session": "cookie" } : {};

/** One document, sent outside the client's cache: what a session is made with. @throws {TypeError} without a way to the gateway. */
export async function send<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  accessToken?: string,
): Promise<Answer<Data>> {
  const response = await fetch("/graphql", {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      ...SESSION_HEADERS,
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  return (await response.json()) as Answer<Data>;
}
