import { z } from "zod";
import type { SessionService } from "../access/session.service.ts";
import type { Config } from "../config.ts";
import type { ConnectionTestService } from "../credentials/connection-test.service.ts";
import type { CredentialService } from "../credentials/credential.service.ts";
import type { CredentialSavingService } from "../credentials/credential-saving.service.ts";
import { GatewayError } from "../errors.ts";
import type { Clock } from "../identifiers.ts";
import type { ConnectionErrorCode } from "../upstream/connection-error.ts";
import { answer, defineRoute, type RestSystem } from "./route.ts";
import { messageShape, overwrite, requirePresent } from "./shapes.ts";
import { LOGIN_REFUSAL, loginForm, signIn } from "./sign-in.ts";

export type OdooProfileServices = {
  readonly config: Pick<Config, "ODOO_URL">;
  readonly sessions: Pick<SessionService, "login">;
  readonly credentials: Pick<CredentialService, "resolve" | "reveal" | "delete">;
  readonly saving: Pick<CredentialSavingService, "save">;
  readonly tests: Pick<ConnectionTestService, "test">;
  readonly clock: Clock;
};

const ODOO = { connector: "odoo" } as const;
const PATH = "/api/v1/profile/odoo-credentials";
const NONE_CONFIGURED = "User has no Odoo credentials configured";

const text = z.string().max(8_192);
const login = z.object({
  odoo_username: text,
  odoo_password: text,
  odoo_database: text,
  odoo_url: text.nullish().meta({ description: "Without it: the server of `ODOO_URL`." }),
});
const place = { odoo_url: z.string(), odoo_database: z.string() };
const failure = z.object({ detail: z.string() });
const OUT_OF_REACH = { about: "Odoo cannot be reached, or what answers there is no Odoo.", schema: failure };
const refusals = { 400: "Odoo refuses the credentials: `Invalid Odoo credentials`." };

/** System D: each user's own Odoo login, and the sign-in of its clients. */
export function createOdooProfile(services: OdooProfileServices): RestSystem {
  return {
    name: "Odoo profile",
    about: "Each user's own Odoo login.",
    prefixes: ["/api/v1/auth", "/api/v1/profile"],
    failures: { key: "detail" },
    limit: "GENERAL",
    routes: [createToken(services), saveLogin(services), testLogin(services), getLogin(services), deleteLogin(services)],
  };
}

function createToken({ sessions, clock }: OdooProfileServices) {
  const token = z.object({ access_token: z.string(), token_type: z.literal("bearer"), expires_in: z.int() });
  return defineRoute({
    method: "POST",
    path: "/api/v1/auth/token",
    summary: "Sign in",
    callers: "PUBLIC",
    body: { type: "form", schema: loginForm },
    answers: { 200: { about: "An access token; `expires_in` is in seconds.", schema: token } },
    refusals: { 401: LOGIN_REFUSAL },
    handle: async ({ viewer, body }) => {
      const { accessToken, expiresAt } = await signIn(sessions, viewer, body);
      const expires_in = Math.ceil((expiresAt.getTime() - clock.now().getTime()) / 1_000);
      return answer(200, { access_token: accessToken, token_type: "bearer", expires_in });
    },
  });
}

function saveLogin({ config, saving }: OdooProfileServices) {
  return defineRoute({
    method: "POST",
    path: PATH,
    summary: "Test the Odoo login, then store it",
    callers: "USER",
    body: { type: "json", schema: login },
    answers: {
      200: { about: "Tested and stored.", schema: messageShape.extend({ odoo_uid: z.int(), ...place }) },
      502: OUT_OF_REACH,
    },
    refusals: { 400: `${refusals[400]} Nothing is stored or changed.` },
    handle: async ({ viewer, body }) => {
      const at = placeOf(body, config);
      const fields = fieldsOf(body, at.odoo_url);
      const { connectionTest } = await overwrite(() => saving.save(viewer, { ...ODOO, fields, isDefault: true }));
      const verdict = readVerdict(connectionTest);
      if (!verdict.ok) return answer(502, { detail: verdict.message });
      const message = "Odoo credentials updated successfully";
      return answer(200, { message, odoo_uid: verdict.report.odoo_uid, ...at });
    },
  });
}

function testLogin({ config, tests }: OdooProfileServices) {
  const counts = { odoo_uid: z.int(), contact_count: z.int(), product_count: z.int().nullable() };
  return defineRoute({
    method: "POST",
    path: `${PATH}/test`,
    summary: "Test an Odoo login without storing it",
    description: "`product_count` is null where the user may not read products or their app is not installed.",
    callers: "USER",
    body: { type: "json", schema: login },
    answers: {
      200: { about: "Odoo accepts it.", schema: messageShape.extend({ ...counts, ...place }) },
      502: OUT_OF_REACH,
    },
    refusals,
    handle: async ({ viewer, body }) => {
      const at = placeOf(body, config);
      const { connectionTest } = await tests.test(viewer, { ...ODOO, fields: fieldsOf(body, at.odoo_url) });
      const verdict = readVerdict(connectionTest);
      if (!verdict.ok) return answer(502, { detail: verdict.message });
      return answer(200, { message: "Odoo credentials test successful", ...verdict.report, ...at });
    },
  });
}

function getLogin({ credentials }: OdooProfileServices) {
  const shown = z.object({ odoo_username: z.string(), odoo_password: z.string(), odoo_database: z.string() });
  return defineRoute({
    method: "GET",
    path: PATH,
    summary: "Reveal the stored Odoo login",
    callers: "USER",
    answers: { 200: { about: "The login in the clear; the reveal is recorded.", schema: shown } },
    refusals: { 404: NONE_CONFIGURED },
    handle: async ({ viewer }) => {
      const { fields } = await requirePresent(credentials.reveal(viewer, ODOO), NONE_CONFIGURED);
      const { username = "", password = "", database = "" } = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
      return answer(200, { odoo_username: username, odoo_password: password, odoo_database: database });
    },
  });
}

function deleteLogin({ credentials }: OdooProfileServices) {
  return defineRoute({
    method: "DELETE",
    path: PATH,
    summary: "Delete the stored Odoo login",
    callers: "USER",
    answers: { 200: { about: "Deleted.", schema: messageShape } },
    refusals: { 404: NONE_CONFIGURED },
    handle: async ({ viewer }) => {
      const { credential } = await requirePresent(credentials.resolve(viewer, ODOO, "credential:delete"), NONE_CONFIGURED);
      await requirePresent(credentials.delete(viewer, credential.id), NONE_CONFIGURED);
      return answer(200, { message: "Odoo credentials deleted successfully" });
    },
  });
}

type Login = z.infer<typeof login>;

function placeOf({ odoo_url, odoo_database }: Login, { ODOO_URL }: Pick<Config, "ODOO_URL">) {
  return { odoo_url: odoo_url || ODOO_URL, odoo_database };
}

function fieldsOf({ odoo_username: username, odoo_password: password, odoo_database: database }: Login, url: string) {
  return Object.entries({ url, database, username, password }).map(([name, value]) => ({ name, value }));
}

type ConnectionTest = {
  readonly outcome: string;
  readonly code: string | null;
  readonly message: string;
  readonly details: string;
};

const reportShape = z.object({
  odoo_uid: z.coerce.number(),
  contact_count: z.coerce.number(),
  product_count: z.coerce.number().nullable().default(null),
});

const UNREACHED: readonly ConnectionErrorCode[] = [
  "UNREACHABLE",
  "TIMEOUT",
  "BLOCKED_ADDRESS",
  "RATE_LIMITED",
  "UNEXPECTED_RESPONSE",
];

/**
 * What a test found, or why Odoo was not reached.
 * @throws {GatewayError} BAD_USER_INPUT for a login that Odoo, or the connector, does not take
 */
function readVerdict(test: ConnectionTest | null) {
  if (test?.outcome === "PASSED") return { ok: true, report: reportShape.parse(JSON.parse(test.details)) } as const;
  const { code, message } = test ?? { code: null, message: "The test could not be carried out." };
  if (UNREACHED.some((each) => each === code)) return { ok: false, message } as const;
  throw new GatewayError("BAD_USER_INPUT", code === "CREDENTIAL_REJECTED" ? "Invalid Odoo credentials" : message);
}
