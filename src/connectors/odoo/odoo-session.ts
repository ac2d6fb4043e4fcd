import { z } from "zod";
import { ConnectionError } from "../../upstream/connection-error.ts";
import type { HttpClient } from "../../upstream/http-client.ts";
import type { TestOptions } from "../connector.ts";
import { notAnOdoo, type OdooChannel, openChannel } from "./odoo-channel.ts";
import { invalidCredentials, type OdooAnswer, type OdooFault, toConnectionError } from "./odoo-fault.ts";
import { callJson2 } from "./odoo-json2.ts";
import type { ModelCall } from "./odoo-model-call.ts";
import { callService } from "./odoo-service.ts";
import type { KnownSession } from "./odoo-session-memory.ts";
import { type OdooVersion, readVersion } from "./odoo-version.ts";

export type OdooLogin = {
  readonly url: string;
  readonly database: string;
  readonly username: string;
  readonly password: string;
};

/** A signed-in user of one database. Nothing is kept open: Odoo takes the credential with every call. */
export type OdooSession = {
  readonly baseUrl: string;
  readonly database: string;
  readonly version: OdooVersion;
  readonly protocol: "JSON-2" | "JSON-RPC";
  readonly uid: number;
  /** The user's language: product names are translated, and without one Odoo gives the English text, often stale. */
  readonly language: string | null;
  /** Calls a model; what Odoo refuses is an answer too. */
  ask(call: ModelCall): Promise<OdooAnswer>;
  /** The error that a refusal of `ask` stands for. */
  refuse(fault: OdooFault, call: ModelCall): ConnectionError;
  /** @throws {ConnectionError} for what Odoo refuses. */
  call(call: ModelCall): Promise<unknown>;
};

const JSON2_SINCE = 19;
const WHO_AM_I: ModelCall = { model: "res.users", method: "context_get", named: {}, stage: "AUTHENTICATE" };
const userSchema = z.object({ uid: z.number().int().positive(), lang: z.string().min(1).nullable().catch(null) });
const ownLoginSchema = z.tuple([z.object({ login: z.string() })]);

type Attempt = { readonly channel: OdooChannel; readonly version: OdooVersion; readonly login: OdooLogin };
type Caller = Pick<OdooSession, "protocol" | "ask">;
type User = z.output<typeof userSchema>;

/**
 * Signs in: one `authenticate` with the secret, which is never tried again once refused (Odoo 14 then locks out everyone
 * behind the same address). The session speaks JSON-2 when version and key allow, else `/jsonrpc`.
 * @throws {ConnectionError}
 */
export async function openSession(http: HttpClient, login: OdooLogin, options: TestOptions): Promise<OdooSession> {
  const channel = openChannel(http, login.url, options.signal);
  const version = await readVersion(channel, options.onStage);
  const attempt = { channel, version, login };
  return version.hasJsonRpc ? signIn(attempt) : signInByKey(attempt);
}

/** The session of an earlier sign-in with the same login: nothing is sent before its first call. */
export function resumeSession(http: HttpClient, login: OdooLogin, { signal }: TestOptions, known: KnownSession): OdooSession {
  const { version, protocol, uid, language } = known;
  const attempt = { channel: openChannel(http, login.url, signal), version, login };
  const caller = protocol === "JSON-2" ? createJson2Caller(attempt) : createRpcCaller(attempt, uid);
  return createSession(attempt, caller, { uid, lang: language });
}

async function signIn(attempt: Attempt): Promise<OdooSession> {
  const uid = await authenticate(attempt);
  const byKey = await tryJson2(attempt, uid);
  if (byKey !== null) return byKey;
  const byRpc = createRpcCaller(attempt, uid);
  return createSession(attempt, byRpc, { uid, lang: await readLanguage(byRpc, attempt.login) });
}

/**
 * A session over JSON-2, or null where that is refused although the secret was accepted: a proxy that lets only `/jsonrpc`
 * through, a database hidden from this host name, a password that happens to be 40 hex digits.
 */
async function tryJson2(attempt: Attempt, uid: number): Promise<OdooSession | null> {
  const { login, version } = attempt;
  const isHeaderText = /^[!-~]+$/.test(login.database);
  if (version.major < JSON2_SINCE || !isApiKey(login) || !isHeaderText) return null;
  const caller = createJson2Caller(attempt);
  const answer = await caller.ask(WHO_AM_I).catch((error: unknown) => {
    if (error instanceof ConnectionError && error.code === "UNEXPECTED_RESPONSE") return null;
    throw error;
  });
  const user = answer?.ok ? userSchema.safeParse(answer.result) : null;
  return user?.success && user.data.uid === uid ? createSession(attempt, caller, user.data) : null;
}

/** For servers without `/jsonrpc`. A key alone says who one is, so the user name is compared afterwards. */
async function signInByKey(attempt: Attempt): Promise<OdooSession> {
  const { login, version } = attempt;
  if (!isApiKey(login)) {
    const hint = `Odoo ${version.major} takes an API key in place of the password.`;
    throw new ConnectionError("CREDENTIAL_REJECTED", "AUTHENTICATE", "Invalid Odoo credentials", { hint });
  }
  const caller = createJson2Caller(attempt);
  const anonymous = createSession(attempt, caller, { uid: 0, lang: null });
  const user = userSchema.safeParse(await anonymous.call(WHO_AM_I));
  if (!user.success) throw notAnOdoo(attempt.channel.baseUrl, "AUTHENTICATE", 200);
  const named = { ids: [user.data.uid], fields: ["login"] };
  const own = await anonymous.call({ model: "res.users", method: "read", named, stage: "AUTHENTICATE" });
  const found = ownLoginSchema.safeParse(own);
  if (found.success && found.data[0].login.toLowerCase() !== login.username.toLowerCase()) {
    const hint = "The API key belongs to another user than the one named.";
    throw new ConnectionError("CREDENTIAL_REJECTED", "AUTHENTICATE", "Invalid Odoo credentials", { hint });
  }
  return createSession(attempt, caller, user.data);
}

/** Odoo answers `false` to a wrong password, an unknown login, a two-factor account and, on 14, during its cooldown. */
async function authenticate({ channel, version, login }: Attempt): Promise<number> {
  const { database, username, password } = login;
  const args = [database, username, password, {}];
  const answer = await callService(channel, version, { service: "common", method: "authenticate", args, stage: "AUTHENTICATE" });
  if (!answer.ok) throw toConnectionError(answer.fault, { stage: "AUTHENTICATE", database });
  if (typeof answer.result === "number" && answer.result > 0) return answer.result;
  throw invalidCredentials(isApiKey(login));
}

async function readLanguage(caller: Caller, { database }: OdooLogin): Promise<string | null> {
  const answer = await caller.ask(WHO_AM_I);
  if (!answer.ok) {
    if (answer.fault.name === "odoo.exceptions.AccessDenied")
      throw toConnectionError(answer.fault, { stage: "AUTHENTICATE", database });
    return null;
  }
  return userSchema.safeParse(answer.result).data?.lang ?? null;
}

function createJson2Caller({ channel, login }: Attempt): Caller {
  return { protocol: "JSON-2", ask: (call) => callJson2(channel, login.database, login.password, call) };
}

function createRpcCaller({ channel, version, login }: Attempt, uid: number): Caller {
  return {
    protocol: "JSON-RPC",
    ask: ({ model, method, named, ...rest }) => {
      // `domain` goes by place: the parameter was called `args` in 14.
      const { domain, ...keywords } = named;
      const positional = domain === undefined ? [] : [domain];
      const args = [login.database, uid, login.password, model, method, positional, keywords];
      return callService(channel, version, { service: "object", method: "execute_kw", args, ...rest });
    },
  };
}

function createSession({ channel, version, login }: Attempt, caller: Caller, user: User): OdooSession {
  const { database } = login;
  const refuse = (fault: OdooFault, { stage, model }: ModelCall) => toConnectionError(fault, { stage, database, model });
  return {
    ...caller,
    baseUrl: channel.baseUrl,
    database,
    version,
    uid: user.uid,
    language: user.lang,
    refuse,
    call: async (call) => {
      const answer = await caller.ask(call);
      if (answer.ok) return answer.result;
      throw refuse(answer.fault, call);
    },
  };
}

/** Odoo makes its keys of 40 hex digits; a password of that form is taken for one. */
export function isApiKey({ password }: OdooLogin): boolean {
  return /^[0-9a-f]{40}$/.test(password);
}
