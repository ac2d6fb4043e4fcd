import { createTestStore } from "../../support/database.ts";
import { ADMIN_PASSWORD, type Product, startProduct } from "../../support/product.ts";
import { ask, type RestRequest } from "../../support/rest.ts";

export const PASSWORD = "correct horse battery staple";

export type FaultNodes = {
  /** The built gateway as processes of their own over one store: the one that makes changes, and another. */
  readonly nodes: readonly [Product, Product];
  /** Kills a node without a word and starts it again on the same port. */
  restart(index: 0 | 1): Promise<void>;
};

type Members = Record<string, never>;

/** What GraphQL answers: the data, and the code of the first error or user error, if any. */
export type FaultAnswer = { readonly data: Readonly<Record<string, Members>>; readonly code: string | undefined };

/** One node over a store of its own, gone when the work is done. On PostgreSQL as `withNodes`. */
export async function withNode<Result>(
  environment: Readonly<Record<string, string>>,
  work: (node: Product) => Promise<Result>,
): Promise<Result> {
  const { dataDir, databaseUrl, remove } = await createTestStore();
  const node = await startProduct({
    dataDir,
    environment: { ...environment, ...(databaseUrl && { DATABASE_URL: databaseUrl }) },
  });
  try {
    return await work(node);
  } finally {
    await node.end("SIGTERM");
    await remove();
  }
}

/** Two nodes over one store, gone when the work is done. On PostgreSQL with `TEST_DATABASE=postgresql` and `DATABASE_URL`. */
export async function withNodes<Result>(
  environment: Readonly<Record<string, string>>,
  work: (nodes: FaultNodes) => Promise<Result>,
): Promise<Result> {
  const { dataDir, databaseUrl, remove } = await createTestStore();
  const settings = { ...environment, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
  const start = (port?: number) => startProduct({ dataDir, environment: settings, ...(port === undefined ? {} : { port }) });
  const nodes: [Product, Product] = [await start(), await start()];
  try {
    return await work({
      nodes,
      restart: async (index) => {
        await nodes[index].end("SIGKILL");
        nodes[index] = await start(Number(new URL(nodes[index].url).port));
      },
    });
  } finally {
    for (const node of nodes) await node.end("SIGTERM");
    await remove();
  }
}

/** Sends a document as text. */
export async function askGraphql(
  node: Pick<Product, "url">,
  query: string,
  variables: object = {},
  token?: string,
): Promise<FaultAnswer> {
  const request: RestRequest = { json: { query, variables }, token };
  const { body } = await ask(node, "POST /graphql", request);
  const code = /"code":"([A-Z_]+)"/.exec(JSON.stringify(body))?.[1];
  return { data: (body as { data?: FaultAnswer["data"] }).data ?? {}, code };
}

export type Session = {
  readonly token: string;
  readonly refreshToken: string;
  readonly userId: string;
  readonly username: string;
};

/** A new session of a user; of one that is registered for it when there is none. */
export async function signIn(
  node: Pick<Product, "url">,
  username: string,
  how: "login" | "register" = "register",
): Promise<Session> {
  const input = { username, password: username === "admin" ? ADMIN_PASSWORD : PASSWORD };
  const type = how === "login" ? "LoginInput" : "RegisterInput";
  const { data, code } = await askGraphql(
    node,
    `mutation ($input: ${type}!) { ${how}(input: $input) { accessToken refreshToken user { id } userErrors { code } } }`,
    { input },
  );
  type Tokens = { accessToken?: string; refreshToken?: string; user?: { id: string } };
  const { accessToken: token, refreshToken, user } = (data[how] ?? {}) as Tokens;
  if (token == null || refreshToken == null || user == null) throw new Error(`${username} could not sign in: ${code}`);
  return { token, refreshToken, userId: user.id, username };
}
