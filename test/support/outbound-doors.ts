import { CallUpstream, SaveCredential, TestCredential } from "../api/documents.ts";
import type { TypedDocumentString } from "../api/gql/graphql.ts";
import type { GraphqlAnswer } from "./gateway.ts";
import { sendRaw } from "./raw-request.ts";

/** A signed-in user at a gateway. */
export type Caller = { readonly url: string; readonly token: string };

async function execute<Result, Variables>(
  { url, token }: Caller,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<GraphqlAnswer<Result>> {
  const body = JSON.stringify({ query: document.toString(), variables });
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const answer = await sendRaw(url, { method: "POST", path: "/graphql", headers, body });
  return JSON.parse(answer.body) as GraphqlAnswer<Result>;
}

const pairs = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));

/** Where a credential is for: its connector and fields. */
export type Account = { readonly connector: string; readonly values: Record<string, string> };

/** An account at an API whose root is the URL. */
export const accountAt = (url: string): Account => ({
  connector: "llm-api-key",
  values: { api_key: "sk-0123456789abcdefXYZ", base_url: url },
});

/** The code of a connection test's failure, PASSED, or the code of the request's refusal. */
export async function knockByTest(caller: Caller, { connector, values }: Account): Promise<string> {
  const { data, errors } = await execute(caller, TestCredential, { input: { connector, fields: pairs(values) } });
  if (errors !== undefined) return String(errors[0]?.extensions.code);
  return data?.testCredential?.connectionTest?.code ?? "PASSED";
}

/** The id of the account's credential, saved untested, or the code of why not. */
export async function saveUntested(caller: Caller, { connector, values }: Account): Promise<{ id: string } | { code: string }> {
  const input = { connector, label: "door", test: false, fields: pairs(values) };
  const { data, errors } = await execute(caller, SaveCredential, { input });
  const id = data?.saveCredential?.credential?.id;
  if (id !== undefined) return { id };
  return { code: String(errors?.[0]?.extensions.code ?? data?.saveCredential?.userErrors[0]?.code) };
}

/** The code of a call's failure, or its status as `status 200`. */
export async function knockByCall(caller: Caller, id: string, path = "models"): Promise<string> {
  const { data, errors } = await execute(caller, CallUpstream, { input: { credential: { id }, path } });
  if (errors !== undefined) return String(errors[0]?.extensions.code);
  const payload = data?.callUpstream;
  return payload?.userErrors[0]?.code ?? `status ${payload?.response?.status}`;
}

/** The status of the same call over REST. */
export async function knockByRest({ url, token }: Caller, id: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await sendRaw(url, { path: `/api/call/${id}/models`, headers }).catch(() => null);
  return answer === null ? "cut" : `status ${answer.status}`;
}

/** What every way out says of a URL: a test of unsaved fields, a call over GraphQL and one over REST. */
export async function knockEverywhere(caller: Caller, url: string): Promise<readonly string[]> {
  const account = accountAt(url);
  const tested = await knockByTest(caller, account);
  const saved = await saveUntested(caller, account);
  if ("code" in saved) return [tested, saved.code, saved.code];
  return [tested, await knockByCall(caller, saved.id), await knockByRest(caller, saved.id)];
}
