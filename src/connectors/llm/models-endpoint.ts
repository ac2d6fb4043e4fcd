import { z } from "zod";
import type { HttpClient } from "../../upstream/http-client.ts";
import { readJson } from "../../upstream/read-json.ts";
import { requireSuccess } from "../answer-status.ts";
import type { ConnectionReport, TestOptions } from "../connector.ts";

/*
 * What the language-model connectors share. All of their upstreams list the models that a key may use, which costs nothing
 * and needs no more than a valid key: the whole connection test.
 */

/** For the `.meta` of an API key. */
export const API_KEY_PATTERN = {
  pattern: String.raw`[\x21-\x7e]+`,
  patternHelp: "Letters, digits and signs of ASCII, without spaces.",
} as const;

/** An API key: printable ASCII without spaces, since it goes out in a header. Give it its `.meta`. */
export const apiKey = z.string().regex(new RegExp(`^${API_KEY_PATTERN.pattern}$`), "must be printable ASCII without spaces");

/** The root of an API, without query and fragment; a final slash makes no difference. Give it its `.meta`. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: "This must be an http or https URL" })
  .regex(/^[^?#]*$/, "must have no query and no fragment")
  .transform((url) => url.replace(/\/+$/, ""));

/** The header of RFC 6750. */
export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** How long a model may think before its first byte, in milliseconds, when its answer is not streamed. */
export const THINKING_MS = 120_000;

/** Calls with the key as bearer token. */
export const callWithBearer = {
  usesAccessToken: false,
  inject: ({ api_key }: { readonly api_key: string }) => ({ headers: bearer(api_key) }),
  firstByteMs: THINKING_MS,
};

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

export type ModelsEndpoint = {
  /** The upstream's name in messages. */
  readonly system: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** Lists the key's models and reports `model_count`, the models on the first page. One call, never repeated. */
export async function testModelsEndpoint(
  http: HttpClient,
  { system, url, headers }: ModelsEndpoint,
  { signal, onStage }: TestOptions,
): Promise<ConnectionReport> {
  const response = await http.request({
    method: "GET",
    url,
    headers: { accept: "application/json", ...headers },
    signal,
    stage: "AUTHENTICATE",
    ...(onStage && { onStage }),
  });
  requireSuccess(response, system);
  // Before the list is seen for one, the key may have been accepted by a web page.
  const models = modelList.parse(readJson(response, "AUTHENTICATE"));
  onStage?.("READ");
  return {
    stage: "READ",
    message: `${system} accepts the key.`,
    details: { model_count: String(models.data.length) },
  };
}
