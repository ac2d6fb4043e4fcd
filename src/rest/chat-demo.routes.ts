import { z } from "zod";
import type { SessionService } from "../access/session.service.ts";
import type { UserRecord } from "../access/user.repository.ts";
import type { UserService } from "../access/user.service.ts";
import type { Viewer } from "../access/viewer.ts";
import type { CredentialService } from "../credentials/credential.service.ts";
import type { CredentialListingService } from "../credentials/credential-listing.service.ts";
import type { CredentialSavingService } from "../credentials/credential-saving.service.ts";
import { GatewayError, notFound } from "../errors.ts";
import { answer, defineRoute, type RestSystem } from "./route.ts";
import { messageShape, overwrite, requiredName, requireNone, requirePresent, timestamp } from "./shapes.ts";
import { LOGIN_REFUSAL, loginForm, signIn } from "./sign-in.ts";

export type ChatDemoServices = {
  readonly users: Pick<UserService, "register" | "findMe">;
  readonly sessions: Pick<SessionService, "login">;
  readonly credentials: Pick<CredentialService, "resolve" | "delete">;
  readonly saving: Pick<CredentialSavingService, "save">;
  readonly listing: Pick<CredentialListingService, "listHints">;
};

/** Models with a connector of their own; every other model's key is one of `llm-api-key`, labelled with its name. */
const OWN_CONNECTORS: readonly string[] = ["openai", "anthropic"];
const ANY_MODEL = "llm-api-key";

/** System E: accounts, and a key per language model. */
export function createChatDemo(services: ChatDemoServices): RestSystem {
  return {
    name: "Chat demo",
    about: "Accounts, and a key per language model.",
    prefixes: ["/register", "/login", "/me", "/protected", "/set_api_key", "/api_keys"],
    failures: { key: "detail" },
    limit: "GENERAL",
    routes: [
      register(services),
      login(services),
      getMe(services),
      getProtected(services),
      setKey(services),
      listKeys(services),
      deleteKey(services),
    ],
  };
}

const userShape = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string().nullable(),
  is_active: z.boolean(),
  created_at: timestamp,
});

function toUser({ id, username, email, isActive, createdAt }: UserRecord): z.infer<typeof userShape> {
  return { id, username, email, is_active: isActive, created_at: createdAt.toISOString() };
}

function register({ users }: ChatDemoServices) {
  const account = z.object({ username: z.string(), email: z.string().nullish(), password: z.string() });
  return defineRoute({
    method: "POST",
    path: "/register",
    summary: "Create an account",
    callers: "PUBLIC",
    body: { type: "json", schema: account },
    answers: { 201: { about: "The new user.", schema: userShape } },
    refusals: {
      400: "`Username already registered`, or what is wrong with name, e-mail or password.",
      403: "Registration is closed.",
    },
    handle: async ({ viewer, body }) => {
      const { user, userErrors } = await users.register(viewer, body);
      requireNone(userErrors);
      if (user === null) throw new Error("Neither a user nor an error came of a registration.");
      return answer(201, toUser(user));
    },
  });
}

function login({ sessions }: ChatDemoServices) {
  const token = z.object({ access_token: z.string(), token_type: z.literal("bearer") });
  return defineRoute({
    method: "POST",
    path: "/login",
    summary: "Sign in",
    callers: "PUBLIC",
    body: { type: "form", schema: loginForm },
    answers: { 200: { about: "An access token.", schema: token } },
    refusals: { 401: LOGIN_REFUSAL },
    handle: async ({ viewer, body }) => {
      const { accessToken } = await signIn(sessions, viewer, body);
      return answer(200, { access_token: accessToken, token_type: "bearer" });
    },
  });
}

async function requireMe(users: ChatDemoServices["users"], viewer: Viewer): Promise<UserRecord> {
  const user = await users.findMe(viewer);
  if (user === null) throw new GatewayError("UNAUTHENTICATED", "Sign in again.");
  return user;
}

function getMe({ users }: ChatDemoServices) {
  return defineRoute({
    method: "GET",
    path: "/me",
    summary: "The user who calls",
    callers: "USER",
    answers: { 200: { about: "The user.", schema: userShape } },
    handle: async ({ viewer }) => answer(200, toUser(await requireMe(users, viewer))),
  });
}

function getProtected({ users }: ChatDemoServices) {
  return defineRoute({
    method: "GET",
    path: "/protected",
    summary: "A greeting for who is signed in",
    callers: "USER",
    answers: { 200: { about: "The greeting.", schema: messageShape } },
    handle: async ({ viewer }) => {
      const { username } = await requireMe(users, viewer);
      return answer(200, { message: `Hello ${username}, this is a protected route` });
    },
  });
}

/** Where the key of a model is. */
export function keyOf(model: string): { readonly connector: string; readonly project: string; readonly label: string } {
  const isOwn = OWN_CONNECTORS.includes(model);
  return { connector: isOwn ? model : ANY_MODEL, project: "", label: isOwn ? "default" : model };
}

function setKey({ saving }: ChatDemoServices) {
  return defineRoute({
    method: "POST",
    path: "/set_api_key",
    summary: "Store the key of a language model, without a test",
    callers: "USER",
    body: { type: "json", schema: z.object({ model_name: requiredName, api_key: z.string() }) },
    answers: { 200: { about: "Stored; a key that was there is replaced.", schema: messageShape } },
    handle: async ({ viewer, body: { model_name, api_key } }) => {
      const fields = [{ name: "api_key", value: api_key }];
      const { userErrors } = await overwrite(() => saving.save(viewer, { ...keyOf(model_name), fields, test: false }));
      requireNone(userErrors);
      return answer(200, { message: `API key for ${model_name} set successfully` });
    },
  });
}

function listKeys({ listing }: ChatDemoServices) {
  const row = z.object({ model_name: z.string(), api_key: z.string(), created_at: timestamp, updated_at: timestamp });
  return defineRoute({
    method: "GET",
    path: "/api_keys",
    summary: "The stored keys, by their first characters alone",
    callers: "USER",
    answers: { 200: { about: "One row a model.", schema: z.array(row) } },
    handle: async ({ viewer }) => {
      const listed = await listing.listHints(viewer, "api_key");
      const rows = listed.flatMap(({ credential: { connectorId, project, label, createdAt, updatedAt }, hint }) => {
        const model_name = connectorId === ANY_MODEL ? label : connectorId;
        const key = keyOf(model_name);
        // Keys with another project or label belong to the portal or to GraphQL: no name would reach them here.
        if (key.connector !== connectorId || key.project !== project || key.label !== label) return [];
        const [created_at, updated_at] = [createdAt.toISOString(), updatedAt.toISOString()];
        return [{ model_name, api_key: hint, created_at, updated_at }];
      });
      return answer(200, rows);
    },
  });
}

function deleteKey({ credentials }: ChatDemoServices) {
  return defineRoute({
    method: "DELETE",
    path: "/api_keys/{model_name}",
    summary: "Delete the key of a language model",
    callers: "USER",
    params: z.object({ model_name: z.string() }),
    answers: { 200: { about: "Deleted.", schema: messageShape } },
    refusals: { 404: "There is no key for that model." },
    handle: async ({ viewer, params }) => {
      const name = requiredName.safeParse(params.model_name);
      if (!name.success) throw notFound("API key");
      const none = `No API key for ${name.data}`;
      const { credential } = await requirePresent(credentials.resolve(viewer, keyOf(name.data), "credential:delete"), none);
      await requirePresent(credentials.delete(viewer, credential.id), none);
      return answer(200, { message: `API key for ${name.data} deleted successfully` });
    },
  });
}
