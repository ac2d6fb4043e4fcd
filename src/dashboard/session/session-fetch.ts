import { type Answer, SESSION_HEADERS } from "../client/send.ts";
import { RenewalPutOff, type Session, session, type Tokens } from "./session.ts";

/**
 * `fetch` of GraphQL answers with the session's access token. Where the gateway refuses the token, it is renewed, by the
 * person where it must be, and the request is sent again: nothing was done by the refused one.
 */
export const fetchInSession = createFetchInSession(session);

/** The same for any session. */
export function createFetchInSession(session: Session): typeof fetch {
  return async (input, init) => {
    try {
      const tokens = await session.tokens();
      const response = await fetchWith(tokens, input, init);
      if (tokens === null || !(await isUnauthenticated(response))) return response;
      const renewed = await session.tokensAfter(tokens);
      return renewed === null ? response : await fetchWith(renewed, input, init);
    } catch (error) {
      // The page shows what the gateway said; the request was not sent, or refused.
      if (error instanceof RenewalPutOff) return Response.json({ errors: [error.answer] });
      throw error;
    }
  };
}

/** The same for a stream, whose answer is not looked into: it says at its end that the session is over. */
export const fetchStreamInSession: typeof fetch = async (input, init) => fetchWith(await session.tokens(), input, init);

function fetchWith(tokens: Tokens | null, input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(SESSION_HEADERS)) headers.set(name, value);
  if (tokens !== null) headers.set("authorization", `Bearer ${tokens.accessToken}`);
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
