import { onTestFinished } from "vitest";
import { createGateway, type GatewayOptions } from "../../src/gateway.ts";
import type { Services } from "../../src/services.ts";
import { Login, Register } from "../api/documents.ts";
import type { TypedDocumentString } from "../api/gql/graphql.ts";
import { createTestStore, type TestStore } from "./database.ts";
import { watchSecrets } from "./leaks.ts";
import { ADMIN_PASSWORD, openServices } from "./services.ts";

export type GraphqlAnswer<Result> = {
  readonly data?: Result | null;
  readonly errors?: readonly { message: string; path?: readonly string[]; extensions: Record<string, unknown> }[];
};

export type Gateway = {
  readonly url: string;
  readonly store: TestStore;
  readonly services: Services;
  /** How many statements the store has been sent so far. */
  queryCount(): number;
  /** Everything logged so far, at level trace. */
  log(): string;
  /** The answer to a typed document; to a document as text its data is not typed. */
  execute<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    token?: string,
  ): Promise<GraphqlAnswer<Result>>;
  query(text: string, variables?: Record<string, unknown>, token?: string): Promise<GraphqlAnswer<Record<string, unknown>>>;
  /** A new user's access token and id. */
  signUp(username: string, password?: string): Promise<{ readonly token: string; readonly userId: string }>;
  /** The first administrator's access token. */
  signInAdministrator(): Promise<string>;
  close(): Promise<void>;
};

export { ADMIN_PASSWORD };
export const USER_PASSWORD = "correct horse battery staple";

/** What counts at the first start of a store, or is checked against it: with it, one that was started before will not do. */
const SET_AT_FIRST_START = /^(ADMIN_PASSWORD|KEY_|TRANSIT_)/;

/** The whole gateway on a store of its own and a free port unless one is named, stopped with the test; upstreams on 127.0.0.1 are allowed. */
export async function startGateway(
  environment: Record<string, string> = {},
  store?: TestStore,
  { port = 0, ...options }: GatewayOptions & { readonly port?: number } = {},
): Promise<Gateway> {
  const isPlain = !Object.keys(environment).some((name) => SET_AT_FIRST_START.test(name));
  const own = store ?? (await createTestStore(isPlain ? "started" : "migrated"));
  const { services, log, lines, queryCount, tracing } = await openServices(own, environment);
  const app = await createGateway(services, log, options);
  await services.start();
  const url = await app.listen({ host: "127.0.0.1", port });

  const watch = watchSecrets(ADMIN_PASSWORD, USER_PASSWORD);
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await app.close();
    await watch.expectNoLeak({ log: lines(), dataDir: own.dataDir, database: services.database });
    await services.stop();
    await tracing?.close();
    if (store === undefined) await own.remove();
  };
  onTestFinished(close);

  const query: Gateway["query"] = async (text, variables = {}, token) => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query: text, variables }),
    });
    const answer = (await response.json()) as GraphqlAnswer<Record<string, unknown>>;
    watch.note([variables, answer.data]);
    watch.noteErrors(answer.errors);
    return answer;
  };
  const execute: Gateway["execute"] = async <Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    token?: string,
  ) => (await query(document.toString(), variables as Record<string, unknown>, token)) as GraphqlAnswer<Result>;

  return {
    url,
    store: own,
    services,
    queryCount,
    log: lines,
    execute,
    query,
    signUp: async (username, password = USER_PASSWORD) => {
      const { data } = await execute(Register, { input: { username, password } });
      if (data?.register?.accessToken == null || data.register.user == null) throw new Error(`${username} could not register`);
      return { token: data.register.accessToken, userId: data.register.user.id };
    },
    signInAdministrator: async () => {
      const { data } = await execute(Login, { input: { username: "admin", password: ADMIN_PASSWORD } });
      if (data?.login?.accessToken == null) throw new Error("the administrator could not sign in");
      return data.login.accessToken;
    },
    close,
  };
}
