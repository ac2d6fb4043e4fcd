import type { HttpWorkload } from "../http-workload.ts";
import { KNOWN_USERS, usernameOf } from "../store.ts";
import { type BenchStore, rawRequest } from "../workload.ts";
import { graphqlRequest, signIn } from "./graphql-request.ts";

const users = Array.from({ length: KNOWN_USERS }, (_, index) => usernameOf(index));
const restRequests = ({ token }: BenchStore) =>
  users.map((name) => rawRequest("GET", `/api/v1/credentials/${name}/cigar`, { authorization: `Bearer ${token}` }));

/** W1: a machine fetches a login. */
export const restReveal: HttpWorkload = {
  id: "W1",
  about: "GET /api/v1/credentials/{user}/{app} by service token, audited",
  requests: async (_url, store) => restRequests(store),
  bare: { script: "floors/bare-reveal.ts", env: { SHAPE: "rest" }, requests: restRequests },
  wanted: { node: 0.3, bare: 0.7 },
};

const REVEAL = `mutation Reveal($input: RevealCredentialInput!) { revealCredential(input: $input) { fields { name value } userErrors { code } } }`;

/** W2: a person reveals a credential. */
export const graphqlReveal: HttpWorkload = {
  id: "W2",
  about: "revealCredential by access token, audited",
  requests: async (url) => {
    const requests: string[] = [];
    for (const name of users) {
      const token = await signIn(url, name);
      requests.push(graphqlRequest(token, REVEAL, { input: { credential: { connector: "app-login", project: "cigar" } } }));
    }
    return requests;
  },
  bare: {
    script: "floors/bare-reveal.ts",
    env: { SHAPE: "graphql" },
    requests: ({ token }) =>
      users.map((username) =>
        rawRequest("POST", "/reveal", { authorization: `Bearer ${token}` }, JSON.stringify({ username, project: "cigar" })),
      ),
  },
  wanted: { node: 0.15, bare: 0.45 },
};
