import { z } from "zod";
import { ConnectionError } from "../../upstream/connection-error.ts";
import type { HttpClient } from "../../upstream/http-client.ts";
import type { Connector } from "../connector.ts";
import { HTTP_URL_PATTERN } from "../connector-fields.ts";
import { createConnector } from "../create-connector.ts";
import { API_KEY_PATTERN, apiKey, baseUrl, bearer, callWithBearer, testModelsEndpoint } from "./models-endpoint.ts";

/*
 * A key of any language-model service; the credential's label names the model. Where the user gives the root of an API in
 * OpenAI's manner (vLLM, Ollama, LiteLLM and most hosted ones have it), the test is one GET /models with the key as bearer
 * token. Without a root there is nobody to ask: the key is kept as it is, and the test says so.
 */

const fields = z.object({
  api_key: apiKey.meta({ title: "API key", secret: true, ...API_KEY_PATTERN }),
  base_url: baseUrl.optional().meta({
    title: "Base URL",
    description: "Root of an API in OpenAI's manner, to test the key against; often ends in `/v1`.",
    ...HTTP_URL_PATTERN,
  }),
});

/** The connector `llm-api-key`: a key for any model, tested where a base URL says against what. */
export function createLlmApiKeyConnector({ http }: { readonly http: HttpClient }): Connector {
  return createConnector({
    id: "llm-api-key",
    name: "Language-model API key",
    description: "API key of any language-model service.",
    fields,
    test: async ({ api_key, base_url }, options) => {
      if (base_url !== undefined) {
        return await testModelsEndpoint(
          http,
          { system: "The service", url: `${base_url}/models`, headers: bearer(api_key) },
          options,
        );
      }
      const message = "The key is well-formed. Nothing was contacted: without a base URL Postern does not know whom to ask.";
      return { stage: "VALIDATE", message, details: {} };
    },
    call: {
      ...callWithBearer,
      baseUrl: ({ base_url }) => {
        if (base_url !== undefined) return base_url;
        throw new ConnectionError("INVALID_FIELDS", "VALIDATE", "The credential names no base URL to call.");
      },
    },
  });
}
