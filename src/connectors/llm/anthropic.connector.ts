import { z } from "zod";
import type { HttpClient } from "../../upstream/http-client.ts";
import type { Connector } from "../connector.ts";
import { HTTP_URL_PATTERN } from "../connector-fields.ts";
import { createConnector } from "../create-connector.ts";
import { API_KEY_PATTERN, apiKey, baseUrl, THINKING_MS, testModelsEndpoint } from "./models-endpoint.ts";

/*
 * Anthropic, API version 2023-06-01: https://docs.anthropic.com/en/api/models-list
 * The test is one GET /v1/models with the key in `x-api-key`; a bearer token would be taken for OAuth. Any workspace key may
 * list models. No tokens are spent, and no model is run.
 */

const API_VERSION = "2023-06-01";
// The greatest page, so that `model_count` is the whole count.
const PAGE = 1000;

const fields = z.object({
  api_key: apiKey.meta({ title: "API key", description: "A workspace key, `sk-ant-…`.", secret: true, ...API_KEY_PATTERN }),
  base_url: baseUrl.meta({
    title: "Base URL",
    description: "Root of the API, without `/v1`.",
    initial: "https://api.anthropic.com",
    ...HTTP_URL_PATTERN,
  }),
});

/** The connector `anthropic`: an API key, tested by listing its models. */
export function createAnthropicConnector({ http }: { readonly http: HttpClient }): Connector {
  return createConnector({
    id: "anthropic",
    name: "Anthropic",
    description: "API key of Anthropic.",
    fields,
    test: ({ api_key, base_url }, options) => {
      const headers = { "x-api-key": api_key, "anthropic-version": API_VERSION };
      return testModelsEndpoint(http, { system: "Anthropic", url: `${base_url}/v1/models?limit=${PAGE}`, headers }, options);
    },
    call: {
      usesAccessToken: false,
      baseUrl: ({ base_url }) => base_url,
      inject: ({ api_key }) => ({ headers: { "x-api-key": api_key } }),
      defaultHeaders: { "anthropic-version": API_VERSION },
      firstByteMs: THINKING_MS,
    },
  });
}
