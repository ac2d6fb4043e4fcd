import type { HttpWorkload } from "../http-workload.ts";
import { KNOWN_USERS, usernameOf } from "../store.ts";
import { graphqlRequest, signIn } from "./graphql-request.ts";

const LIST = `query List($first: Int!) { credentials(first: $first) { nodes { id project label status version
  connector { id name } lastTest { outcome message testedAt } } pageInfo { hasNextPage endCursor } } }`;

/** W3: a person's list of credentials. */
export const list: HttpWorkload = {
  id: "W3",
  about: "credentials(first: 20) with connector and last test",
  requests: async (url) => {
    const requests: string[] = [];
    for (let index = 0; index < KNOWN_USERS; index += 1) {
      requests.push(graphqlRequest(await signIn(url, usernameOf(index)), LIST, { first: 20 }));
    }
    return requests;
  },
  wanted: { node: 0.07 },
};
