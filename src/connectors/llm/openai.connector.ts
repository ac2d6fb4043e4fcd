import { z } from "zod";
import type { HttpClient } from "../../upstream/http-client.ts";
import type { Connector } from "../connector.ts";
import { HTTP_URL_PATTERN } from "../connector-fields.ts";
import { createConnector } from "../create-connector.ts";
import { API_KEY_PATTERN, apiKey, baseUrl, bearer, callWithBearer, testModelsEndpoint } from "./models-endpoint.ts";

/*
 * OpenAI, API v1: https://platform.openai.com/docs/api-reference/models/list
 * The test is one GET /models with the key as bearer token. A restricted key needs the right "Models: read"; without it OpenAI
 * answers 403, which is reported as such. No tokens are spent, and no model is run.
 */

const fields = z.object({
  api_key: apiKey.meta({ title: "API key", description: "A project or user key, `sk-…`.", secret: true, ...API_KEY_PATTERN }),
  base_url: baseUrl.meta({
    title: "Base URL",
    description: "Root of the API; another one for a compatible service.",
    initial: "https://api.openai.com/v1",
    ...HTTP_URL_PATTERN,
  }),
});

/** The connector `openai`: an API key, tested by listing its models. */
export function createOpenaiConnector({ http }: { readonly http: HttpClient }): Connector {
  return createConnector({
    id: "openai",
    name: "OpenAI",
    description: "API key of OpenAI, or of a service with the same API.",
    fields,
    test: ({ api_key, base_url }, options) =>
      testModelsEndpoint(http, { system: "OpenAI", url: `${base_url}/models`, headers: bearer(api_key) }, options),
    call: { ...callWithBearer, baseUrl: ({ base_url }) => base_url },
  });
}
