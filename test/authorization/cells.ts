import { ERROR_CODES, type ErrorCode } from "../../src/errors.ts";
import { ask } from "../support/rest.ts";
import { documentOf, OPERATIONS, type Operation, variablesFor } from "./operations.ts";
import type { CellInput } from "./verdicts.ts";
import { tokenNameOf, type ViewerKind } from "./viewers.ts";
import type { World } from "./world.ts";

type Data = { readonly result?: unknown };
type GraphqlBody = { readonly data?: Data | null; readonly errors?: readonly { extensions: { code: ErrorCode } }[] };

/** What a viewer gets who asks for an operation: a word of the table of verdicts. */
export async function verdictFor(
  world: World,
  { operation, needs, input }: { operation: string; needs: string; input: CellInput },
  kind: ViewerKind,
): Promise<string> {
  const tokens = input.endsSession ? { ...world.tokens, ...world.spareTokens } : world.tokens;
  const token = tokens[tokenNameOf(kind, needs)];
  const found = OPERATIONS.find(({ name }) => name === operation);
  return found === undefined ? askRoute(world, operation, input, token) : askGraphql(world, found, input, token);
}

async function askGraphql(world: World, operation: Operation, input: CellInput, token: string | undefined): Promise<string> {
  const variables = input.variables ?? variablesFor(operation, world.records);
  const isStream = operation.kind === "subscription";
  const { body } = await ask(world.gateway, `POST /graphql${isStream ? "/stream" : ""}`, {
    token,
    json: { query: documentOf(operation, variables), variables },
    headers: isStream ? { accept: "text/event-stream" } : {},
  });
  return wordFor(typeof body === "string" ? firstEventOf(body) : (body as GraphqlBody));
}

/** What the first event of a stream tells. */
function firstEventOf(text: string): GraphqlBody {
  return JSON.parse(/^data: (\{.*\})$/m.exec(text)?.[1] ?? "{}") as GraphqlBody;
}

function wordFor({ data, errors }: GraphqlBody): string {
  const [error] = errors ?? [];
  if (error !== undefined) return String(ERROR_CODES[error.extensions.code].status);
  const result = data?.result;
  if (result == null) return "null";
  if (Array.isArray(result)) return result.length === 0 ? "none" : "OK";
  const { totalCount, userErrors } = result as { totalCount?: number; userErrors?: readonly { code: string }[] };
  if (userErrors?.some(({ code }) => code === "FORBIDDEN")) return "403";
  return totalCount === 0 ? "none" : "OK";
}

async function askRoute(world: World, operation: string, input: CellInput, token: string | undefined): Promise<string> {
  const [method = "", path = ""] = operation.split(" ");
  const values: Record<string, string | undefined> = {
    ...{ id: world.records.appLogin, credentialId: world.records.loginApi, username: "ada" },
    ...{ app_name: "qa", model_name: "mistral", path: "things" },
  };
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "none");
  const query = input.query === undefined ? "" : `?${input.query}`;
  const { json, form } = input;
  const { status, body } = await ask(world.gateway, `${method === "ANY" ? "GET" : method} ${address}${query}`, {
    token,
    ...(form === undefined ? (json === undefined ? {} : { json }) : { form }),
  });
  const isEmpty = Array.isArray(body) ? body.length === 0 : JSON.stringify(body) === '{"credentials":[]}';
  if (status >= 300) return String(status);
  return isEmpty ? "none" : "OK";
}
