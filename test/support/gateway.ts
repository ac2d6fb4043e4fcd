import { Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { createGateway } from "../../src/gateway.ts";
import { createLog } from "../../src/log.ts";
import { createServices, openStore, type Services } from "../../src/services.ts";
import { createTestStore, type TestStore } from "./database.ts";

type GraphqlAnswer = {
  // Tests compare answers whole; a shape of their own for each would say the same twice.
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
};

export type Gateway = {
  readonly url: string;
  readonly store: TestStore;
  readonly services: Services;
  /** Everything logged so far, at level trace. */
  log(): string;
  execute(query: string, variables?: Record<string, unknown>, token?: string): Promise<GraphqlAnswer>;
  /** A new user's access token and id. */
  signUp(username: string, password?: string): Promise<{ readonly token: string; readonly userId: string }>;
  /** The first administrator's access token. */
  signInAdministrator(): Promise<string>;
  close(): Promise<void>;
};

export const ADMIN_PASSWORD = "an administrator's passphrase";
export const USER_PASSWORD = "correct horse battery staple";

const SIGN_UP = `mutation ($input: RegisterInput!) { register(input: $input) { accessToken user { id } userErrors { code } } }`;
const SIGN_IN = `mutation ($input: LoginInput!) { login(input: $input) { accessToken } }`;

/** The whole gateway on a port and a store of its own, stopped with the test; upstreams on 127.0.0.1 are allowed. */
export async function startGateway(environment: Record<string, string> = {}, store?: TestStore): Promise<Gateway> {
  const own = store ?? (await createTestStore());
  let lines = "";
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines += chunk;
      done();
    },
  });
  const config = parseConfig({
    DATA_DIR: own.dataDir,
    DATABASE_URL: own.databaseUrl,
    ADMIN_PASSWORD,
    UPSTREAM_ALLOW: "127.0.0.1/32",
    ...environment,
  });
  const log = createLog("trace", sink);
  const services = createServices(config, await openStore(config, log), log);
  const app = await createGateway(services, log);
  await services.start();
  const url = await app.listen({ host: "127.0.0.1", port: 0 });

  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await app.close();
    await services.stop();
    if (store === undefined) await own.remove();
  };
  onTestFinished(close);

  const execute: Gateway["execute"] = async (query, variables = {}, token) => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as GraphqlAnswer;
  };
  const tokenOf = (payload: unknown) => (payload as { accessToken: string }).accessToken;

  return {
    url,
    store: own,
    services,
    log: () => lines,
    execute,
    signUp: async (username, password = USER_PASSWORD) => {
      const { data } = await execute(SIGN_UP, { input: { username, password } });
      const payload = data?.register as { user: { id: string } };
      return { token: tokenOf(payload), userId: payload.user.id };
    },
    signInAdministrator: async () => {
      const { data } = await execute(SIGN_IN, { input: { username: "admin", password: ADMIN_PASSWORD } });
      return tokenOf(data?.login);
    },
    close,
  };
}
