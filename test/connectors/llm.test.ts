import { describe, expect, test } from "vitest";
import type { Connector } from "../../src/connectors/connector.ts";
import { createAnthropicConnector } from "../../src/connectors/llm/anthropic.connector.ts";
import { createLlmApiKeyConnector } from "../../src/connectors/llm/llm-api-key.connector.ts";
import { createOpenaiConnector } from "../../src/connectors/llm/openai.connector.ts";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import type { HttpClient } from "../../src/upstream/http-client.ts";
import { type Answering, startMisbehavingServer } from "../support/misbehaving-server.ts";
import { describeConnectorContract } from "./contract-suite.ts";

const KEY = `sk-test/"quoted"&+key'%7E-0123`;
const accepting: Answering = () => ({ body: JSON.stringify({ data: [{ id: "one" }, { id: "two" }] }) });
const rejecting: Answering = () => ({
  status: 401,
  body: JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}` } }),
});

const connectors = [
  {
    name: "openai",
    create: (http: HttpClient) => createOpenaiConnector({ http }),
    path: "/models",
    header: "authorization",
    value: `Bearer ${KEY}`,
  },
  {
    name: "llm-api-key",
    create: (http: HttpClient) => createLlmApiKeyConnector({ http }),
    path: "/models",
    header: "authorization",
    value: `Bearer ${KEY}`,
  },
  {
    name: "anthropic",
    create: (http: HttpClient) => createAnthropicConnector({ http }),
    path: "/v1/models?limit=1000",
    header: "x-api-key",
    value: KEY,
  },
];

for (const { name, create, header, value } of connectors) {
  describeConnectorContract(name, {
    create,
    values: (origin) => ({ api_key: KEY, base_url: origin }),
    upstream: { accepting, rejecting, isLogin: (request) => request.headers[header] === value },
  });
}

const http = createHttpClient({ allowList: parseAllowList(["127.0.0.1"]) });

const testWith = (connector: Connector, base_url: string) =>
  connector.test({ api_key: KEY, base_url }, { signal: new AbortController().signal });

describe.each(connectors)("the connector $name", ({ create, path, header, value }) => {
  test("lists the models of the key in one call and counts them", async () => {
    const server = await startMisbehavingServer(accepting);
    const report = await testWith(create(http), server.origin);
    expect(report).toEqual({ stage: "READ", message: expect.stringContaining("accepts the key"), details: { model_count: "2" } });
    expect(server.requests.map((request) => [request.method, request.path, request.headers[header]])).toEqual([
      ["GET", path, value],
    ]);
  });

  test.each([
    [401, "CREDENTIAL_REJECTED", "AUTHENTICATE", undefined],
    [403, "PERMISSION_MISSING", "AUTHORIZE", undefined],
    [429, "RATE_LIMITED", "AUTHENTICATE", 17],
    [302, "UNEXPECTED_RESPONSE", "AUTHENTICATE", undefined],
    [404, "UNEXPECTED_RESPONSE", "AUTHENTICATE", undefined],
    [500, "UNEXPECTED_RESPONSE", "AUTHENTICATE", undefined],
  ])("takes the status %i for %s", async (status, code, stage, retryAfterSeconds) => {
    const server = await startMisbehavingServer(() => ({ status, headers: { "retry-after": "17" } }));
    await expect(testWith(create(http), server.origin)).rejects.toMatchObject({ code, stage, retryAfterSeconds });
  });
});

test.each(["<html><h1>Welcome</h1></html>", '{"ok":true}', ""])(
  "an answer that is no list of models (%j) has not shown that the key is accepted",
  async (body) => {
    const server = await startMisbehavingServer(() => ({ body }));
    for (const { create } of connectors) {
      const failure = testWith(create(http), server.origin);
      await expect(failure).rejects.toMatchObject({ code: "UNEXPECTED_RESPONSE", stage: "AUTHENTICATE" });
    }
  },
);

describe("a base URL", () => {
  const openai = createOpenaiConnector({ http });

  test("has a default, and loses its final slash", () => {
    expect([
      openai.parseFields({ api_key: KEY }),
      openai.parseFields({ api_key: KEY, base_url: " https://llm.example/v1/ " }),
    ]).toEqual([
      { ok: true, values: { api_key: KEY, base_url: "https://api.openai.com/v1" } },
      { ok: true, values: { api_key: KEY, base_url: "https://llm.example/v1" } },
    ]);
  });

  test.each(["ftp://llm.example", "llm.example", "https://llm.example/v1?x=1", "https://llm.example/#v1"])(
    "is not %s",
    (base_url) => {
      expect(openai.parseFields({ api_key: KEY, base_url })).toMatchObject({ ok: false, problems: [{ field: "base_url" }] });
    },
  );

  test("may be left out of llm-api-key, which then contacts nothing and says so", async () => {
    const connector = createLlmApiKeyConnector({ http: { request: () => Promise.reject(new Error("It called an upstream")) } });
    const report = await connector.test({ api_key: KEY }, { signal: new AbortController().signal });
    expect(report).toMatchObject({ stage: "VALIDATE", message: expect.stringContaining("Nothing was contacted") });
  });
});

test("an API key with a space or beyond ASCII is refused without being repeated", () => {
  const connector = createOpenaiConnector({ http });
  for (const api_key of ["sk-canary key", "sk-canary-ключ"]) {
    const parsed = connector.parseFields({ api_key });
    expect(parsed).toMatchObject({ ok: false, problems: [{ field: "api_key" }] });
    expect(JSON.stringify(parsed)).not.toContain("canary");
  }
});
