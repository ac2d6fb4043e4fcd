import { graphql } from "graphql";
import { buildSchema } from "type-graphql";
import { expect, test } from "vitest";
import { SessionResolver } from "../../src/access/session.resolver.ts";
import { UserResolver } from "../../src/access/user.resolver.ts";
import { anonymous, PASSWORD, startAccess } from "../support/access.ts";

const SESSION =
  "accessToken refreshToken tokenType user { __typename id username email role isActive } userErrors { message field code }";

/** Runs an operation as who has the access token. */
async function startApi() {
  const { node } = await startAccess();
  const instances = new Map<unknown, unknown>([
    [SessionResolver, new SessionResolver(node.sessions)],
    [UserResolver, new UserResolver(node.users)],
  ]);
  const schema = await buildSchema({
    resolvers: [SessionResolver, UserResolver],
    container: { get: (type) => instances.get(type) },
    validate: false,
  });
  return async (source: string, variableValues: Record<string, unknown> = {}, accessToken?: string) => {
    const authorization = accessToken === undefined ? undefined : `Bearer ${accessToken}`;
    const viewer = await node.authentication.authenticateOrAnonymous(authorization, anonymous().origin);
    const { data, errors } = await graphql({ schema, source, variableValues, contextValue: { viewer } });
    return { data: JSON.parse(JSON.stringify(data ?? null)), errors: errors?.map(({ message }) => message) ?? [] };
  };
}

test("a person registers, is `me`, refreshes, signs out, and signs in again", async () => {
  const run = await startApi();
  const alice = {
    __typename: "User",
    id: expect.stringMatching(/^user_/),
    username: "alice",
    email: null,
    role: "USER",
    isActive: true,
  };
  const session = {
    accessToken: expect.any(String),
    refreshToken: expect.any(String),
    tokenType: "Bearer",
    user: alice,
    userErrors: [],
  };
  const register = `mutation ($input: RegisterInput!) { register(input: $input) { ${SESSION} } }`;
  const registered = await run(register, { input: { username: "alice", password: PASSWORD } });
  expect(registered).toEqual({ data: { register: session }, errors: [] });

  const { refreshToken } = registered.data.register;
  const refreshed = await run(`mutation ($token: String) { refreshSession(refreshToken: $token) { ${SESSION} } }`, {
    token: refreshToken,
  });
  expect(refreshed).toEqual({ data: { refreshSession: session }, errors: [] });

  const { accessToken } = refreshed.data.refreshSession;
  const me = "{ me { id username } }";
  expect(await run(me, {}, accessToken)).toEqual({ data: { me: { id: alice.id, username: "alice" } }, errors: [] });
  expect(await run("mutation { logout }", {}, accessToken)).toEqual({ data: { logout: true }, errors: [] });
  expect(await run(me, {}, accessToken)).toEqual({ data: { me: null }, errors: [] });

  const login = `mutation ($input: LoginInput!) { login(input: $input) { ${SESSION} } }`;
  const input = { username: "alice", password: PASSWORD };
  expect(await run(login, { input })).toEqual({ data: { login: session }, errors: [] });
  expect(await run(login, { input: { ...input, password: "wrong password" } })).toEqual({
    data: {
      login: {
        accessToken: null,
        refreshToken: null,
        tokenType: null,
        user: null,
        userErrors: [{ message: "Incorrect username or password", field: null, code: "INVALID_LOGIN" }],
      },
    },
    errors: [],
  });
});

test("without an access token `me` is null, and neither users nor logout are to be had", async () => {
  const run = await startApi();
  expect(await run("{ me { id } }")).toEqual({ data: { me: null }, errors: [] });
  expect(await run("{ users { totalCount } }")).toEqual({ data: null, errors: ["Sign in first."] });
  expect(await run("mutation { logout }")).toEqual({ data: null, errors: ["Sign in first."] });
});
