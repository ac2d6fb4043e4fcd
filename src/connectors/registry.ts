import type { Config } from "../config.ts";
import type { HttpClient } from "../upstream/http-client.ts";
import { type UpstreamObserver, unobserved } from "../upstream/upstream-observer.ts";
import { createAppLoginConnector } from "./app-login/app-login.connector.ts";
import type { Connector, ConnectorRegistry } from "./connector.ts";
import { createAnthropicConnector } from "./llm/anthropic.connector.ts";
import { createLlmApiKeyConnector } from "./llm/llm-api-key.connector.ts";
import { createOpenaiConnector } from "./llm/openai.connector.ts";
import { createLoginApiConnector } from "./login-api/login-api.connector.ts";
import { observeConnector } from "./observed-connector.ts";
import { createOdooConnector } from "./odoo/odoo.connector.ts";

export type ConnectorRegistryOptions = {
  readonly http: HttpClient;
  /** Watches every use of an upstream but calls; nobody does when left out. */
  readonly observe?: UpstreamObserver;
  /** The servers that credentials without a URL of their own mean. */
  readonly config: Pick<Config, "ODOO_URL" | "LOGIN_API_URL" | "LOGIN_API_BASE_URL" | "LOGIN_API_TOKEN_TTL_SECONDS">;
};

/**
 * Every connector that Postern has; a new one is its folder, one line here, and a test that calls the contract suite.
 * @throws {Error} when two have one id.
 */
export function createConnectorRegistry({ http, config, observe = unobserved }: ConnectorRegistryOptions): ConnectorRegistry {
  const connectors: readonly Connector[] = [
    createOdooConnector({ http, defaultUrl: config.ODOO_URL }),
    createLoginApiConnector({
      http,
      loginUrl: config.LOGIN_API_URL,
      baseUrl: config.LOGIN_API_BASE_URL,
      tokenTtlSeconds: config.LOGIN_API_TOKEN_TTL_SECONDS,
    }),
    createAppLoginConnector(),
    createLlmApiKeyConnector({ http }),
    createOpenaiConnector({ http }),
    createAnthropicConnector({ http }),
  ];
  const all = connectors.map((connector) => observeConnector(connector, observe));
  const byId = new Map(all.map((connector) => [connector.id, connector]));
  if (byId.size !== all.length) throw new Error("Two connectors have one id");
  return { all, find: (id) => byId.get(id) ?? null };
}
