import { type Answer, SESSION_HEADERS } from "../client/send.ts";
import { session } from "./session.ts";

/**
 * `fetch` of GraphQL answers with the session's access token. Where the gateway refuses the token, it is renewed, by the
 * person where it must be, and the request is sent again: nothing was done by the refused one.
 */
export const fetchInSession: typeof fetch = async (input, init) => {
  const token = await session.accessToken();
  const response = await fetchWith(token, input, init);
  if (token === null || !(await isUnauthenticated(response))) return response;
  const renewed = await session.accessTokenAfter(token);
  return renewed === null ? response : fetchWith(renewed, input, init);
};

/** The same for a stream, whose answer is not looked into: it says at its end that the session is over. */
export const fetchStreamInSession: typeof fetch = async (input, init) => fetchWith(await session.accessToken(), input, init);

function fetchWith(token: string | null, input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(SESSION_HEADERS)) headers.set(name, value);
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  return fetch(input, { ...init, credentials: "same-origin", headers });
}

async function isUnauthenticated(response: Response): Promise<boolean> {
  if (response.status === 401) return true;
  const answer = (await response
    .clone()
    .json()
    .catch(() => ({}))) as Answer<unknown>;
  return answer.errors?.some(({ extensions }) => extensions?.code === "UNAUTHENTICATED") ?? false;
}
