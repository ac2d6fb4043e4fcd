import { PASSWORD } from "../store.ts";
import { rawRequest } from "../workload.ts";

/** A GraphQL request as it goes over the wire. */
export function graphqlRequest(token: string, query: string, variables: Record<string, unknown>): string {
  return rawRequest("POST", "/graphql", { authorization: `Bearer ${token}` }, JSON.stringify({ query, variables }));
}

/** The access token of one of the store's known users. */
export async function signIn(url: string, username: string): Promise<string> {
  const answer = await fetch(`${url}/login`, { method: "POST", body: new URLSearchParams({ username, password: PASSWORD }) });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`${username} could not sign in: ${answer.status}`);
  return token;
}
