import { z } from "zod";
import type { AccessTokenService } from "../credentials/access-token.service.ts";
import type { CredentialService } from "../credentials/credential.service.ts";
import type { CredentialSavingService } from "../credentials/credential-saving.service.ts";
import { answer, defineRoute, type RestSystem } from "./route.ts";
import { messageShape, nullIfAbsent, overwrite, requireNone, requirePresent } from "./shapes.ts";

export type ChatAssistantServices = {
  readonly credentials: Pick<CredentialService, "resolve" | "describeVersions" | "delete">;
  readonly saving: Pick<CredentialSavingService, "save">;
  readonly accessTokens: Pick<AccessTokenService, "issue">;
};

const LOGIN = { connector: "login-api" } as const;
const PATH = "/api/user/credentials";
const NO_LOGIN = "There is no login: neither one of yours nor a default.";

/** What clients of the chat assistant look for in place of a token. */
const NO_TOKEN = { statusCode: 500, accessToken: "Failed to generate token after retries" } as const;

const stored = { has_credentials: z.boolean(), api_auth_email: z.string().nullable() };

/** System A: each user's own login at the company's cloud API. Calls through the gateway are in `call.routes.ts`. */
export function createChatAssistant(services: ChatAssistantServices): RestSystem {
  return {
    name: "Chat assistant",
    about: "Each user's own login at the company's cloud API.",
    prefixes: ["/api/user", "/api/call"],
    failures: { key: "detail" },
    limit: "GENERAL",
    routes: [putLogin(services), getLogin(services), deleteLogin(services), issueToken(services)],
  };
}

function putLogin({ saving }: ChatAssistantServices) {
  return defineRoute({
    method: "PUT",
    path: PATH,
    summary: "Store the login, without a test",
    callers: "USER",
    body: { type: "json", schema: z.object({ api_auth_email: z.string(), api_auth_password: z.string() }) },
    answers: { 200: { about: "Stored.", schema: messageShape.extend(stored) } },
    handle: async ({ viewer, body: { api_auth_email: email, api_auth_password: password } }) => {
      const fields = Object.entries({ email, password }).map(([name, value]) => ({ name, value }));
      const { userErrors } = await overwrite(() => saving.save(viewer, { ...LOGIN, fields, isDefault: true, test: false }));
      requireNone(userErrors);
      const message = "API credentials updated successfully";
      return answer(200, { message, has_credentials: true, api_auth_email: email.trim() });
    },
  });
}

function getLogin({ credentials }: ChatAssistantServices) {
  const source = z.enum(["user", "system"]).nullable();
  return defineRoute({
    method: "GET",
    path: PATH,
    summary: "Whether there is a login, and whose",
    description: "`source` is `system` when only the default applies. Never the password.",
    callers: "USER",
    answers: {
      200: { about: "The login without its password, or that there is none.", schema: z.object({ ...stored, source }) },
    },
    handle: async ({ viewer }) => {
      // What the user would be served with: the default too.
      const found = await nullIfAbsent(credentials.resolve(viewer, LOGIN, "upstream:token"));
      if (found === null) return answer(200, { has_credentials: false, api_auth_email: null, source: null });
      const [version] = await credentials.describeVersions([found.credential]);
      const api_auth_email = version?.publicFields.email ?? null;
      const source = found.source === "USER" ? "user" : "system";
      return answer(200, { has_credentials: true, api_auth_email, source });
    },
  });
}

function deleteLogin({ credentials }: ChatAssistantServices) {
  return defineRoute({
    method: "DELETE",
    path: PATH,
    summary: "Delete the login",
    callers: "USER",
    answers: { 200: { about: "Deleted.", schema: messageShape } },
    refusals: { 404: "The user has none of their own." },
    handle: async ({ viewer }) => {
      const none = "No API credentials are stored";
      const { credential } = await requirePresent(credentials.resolve(viewer, LOGIN, "credential:delete"), none);
      await requirePresent(credentials.delete(viewer, credential.id), none);
      return answer(200, { message: "API credentials deleted successfully" });
    },
  });
}

function issueToken({ accessTokens }: ChatAssistantServices) {
  const token = z.object({ statusCode: z.literal(200), accessToken: z.string() });
  const noToken = z.object({ statusCode: z.literal(NO_TOKEN.statusCode), accessToken: z.literal(NO_TOKEN.accessToken) });
  return defineRoute({
    method: "POST",
    path: "/api/user/token",
    summary: "An access token of the cloud API",
    callers: "USER",
    answers: {
      200: { about: "The upstream's token.", schema: token },
      502: { about: "The upstream login failed after its retries.", schema: noToken },
    },
    refusals: { 404: NO_LOGIN },
    handle: async ({ viewer, signal }) => {
      const { accessToken } = await requirePresent(accessTokens.issue(viewer, { credential: LOGIN }, signal), NO_LOGIN);
      if (accessToken === null) return answer(502, NO_TOKEN);
      return answer(200, { statusCode: 200, accessToken });
    },
  });
}
