import type { Gateway } from "./gateway.ts";

export type RestAnswer = { readonly status: number; readonly body: unknown; readonly headers: Headers };

export type RestRequest = {
  readonly token?: string | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Record<string, string>;
  /** Sent as it stands, with the type. */
  readonly raw?: { readonly body: string | Uint8Array<ArrayBuffer>; readonly type: string };
  readonly headers?: Record<string, string>;
};

/** Asks a gateway for `METHOD /path`; a body that is no JSON is given as text. */
export async function ask({ url }: Pick<Gateway, "url">, target: string, request: RestRequest = {}): Promise<RestAnswer> {
  const [method = "GET", path = "/"] = target.split(" ");
  const { token, json, form, raw } = request;
  const body = raw?.body ?? (form === undefined ? undefined : new URLSearchParams(form).toString()) ?? JSON.stringify(json);
  const type = raw?.type ?? (form === undefined ? "application/json" : "application/x-www-form-urlencoded");
  const headers = {
    ...(body === undefined ? {} : { "content-type": type }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...request.headers,
  };
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, body: parse(text), headers: response.headers };
}

/** The same, without the headers: what tests compare whole. */
export async function answerOf(gateway: Pick<Gateway, "url">, target: string, request: RestRequest = {}) {
  const { status, body } = await ask(gateway, target, request);
  return { status, body };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A time as REST answers write it. */
export const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const CREATE_TOKEN = `mutation ($input: CreateServiceTokenInput!) { createServiceToken(input: $input) { token userErrors { message } } }`;

/** A new service token, limited as told. */
export async function createServiceToken(gateway: Gateway, input: Record<string, unknown> = {}): Promise<string> {
  const admin = await gateway.signInAdministrator();
  const wanted = { name: "tests", permissions: ["credential:read", "credential:reveal"], ...input };
  const json = { query: CREATE_TOKEN, variables: { input: wanted } };
  const { body } = await ask(gateway, "POST /graphql", { json, token: admin });
  const { data } = body as { data?: { createServiceToken: { token: string | null } } };
  const token = data?.createServiceToken.token ?? null;
  if (token === null) throw new Error(JSON.stringify(body));
  return token;
}
