import { startFloor } from "../contestant.ts";
import type { HttpWorkload } from "../http-workload.ts";
import { KNOWN_USERS, usernameOf } from "../store.ts";
import { rawRequest } from "../workload.ts";
import { graphqlRequest, signIn } from "./graphql-request.ts";

/** The company's API, and the environment by which the gateway serves everybody with its default account there. */
export async function startUpstream() {
  const upstream = await startFloor("upstream", "upstream.ts", {});
  const origin = `http://127.0.0.1:${upstream.port}`;
  const env = {
    LOGIN_API_URL: `${origin}/login`,
    LOGIN_API_BASE_URL: origin,
    API_AUTH_EMAIL: "bench@example.test",
    API_AUTH_PASSWORD: "upstream password",
    UPSTREAM_ALLOW: "127.0.0.1/32",
  };
  return { env, port: upstream.port, stop: upstream.stop };
}

async function tokensOf(url: string): Promise<string[]> {
  const tokens: string[] = [];
  for (let index = 0; index < KNOWN_USERS; index += 1) tokens.push(await signIn(url, usernameOf(index)));
  return tokens;
}

/** W4 over REST: the chat assistant asks for the upstream's token. */
export const restAccessToken: HttpWorkload = {
  id: "W4",
  about: "POST /api/user/token, the token cached",
  surroundings: startUpstream,
  requests: async (url) =>
    (await tokensOf(url)).map((token) => rawRequest("POST", "/api/user/token", { authorization: `Bearer ${token}` }, "{}")),
  wanted: { node: 0.35 },
};

const ISSUE = `mutation Issue($input: IssueAccessTokenInput!) { issueAccessToken(input: $input) { accessToken expiresAt isCached source userErrors { code } } }`;

/** W4 over GraphQL. */
export const graphqlAccessToken: HttpWorkload = {
  id: "W4g",
  about: "issueAccessToken, the token cached",
  surroundings: startUpstream,
  requests: async (url) =>
    (await tokensOf(url)).map((token) => graphqlRequest(token, ISSUE, { input: { credential: { connector: "login-api" } } })),
  wanted: { node: 0.17 },
};
