import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fastify } from "fastify";
import { describe, expect, it } from "vitest";
import { createRest, type RestServices } from "../../src/rest/rest.ts";
import { createTestStore } from "../support/database.ts";
import { startGateway } from "../support/gateway.ts";
import { answerOf, ask } from "../support/rest.ts";

type Operation = {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: object };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>>;
};
type Document = { readonly openapi: string; readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

async function readDocument(): Promise<Document> {
  return (await answerOf(await startGateway(), "GET /openapi.json")).body as Document;
}

function operationsOf({ paths }: Document) {
  return Object.entries(paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${address}`, address, operation })),
  );
}

/** Every route that the room registers and that does not only refuse, as the document would write it. */
async function registeredRoutes(): Promise<string[]> {
  const app = fastify();
  const found = new Set<string>();
  app.addHook("onRoute", ({ method, url, config }) => {
    const isRefusal = (config as { isRefusal?: boolean } | undefined)?.isRefusal === true;
    if (isRefusal || url.endsWith("/")) return;
    const address = url.replace("/*", "/{path}").replaceAll(/:(\w+)/g, "{$1}");
    for (const each of [method].flat()) found.add(`${each} ${address}`);
  });
  const limits = { MACHINES: async () => {}, GENERAL: async () => {}, idle: async () => {} };
  // No route is called: the services behind them need not be there.
  const services = { limits, config: { TEST_APPS: [] }, connectors: {} } as unknown as RestServices;
  await createRest(services).register(app, "nowhere");
  await app.ready();
  await app.close();
  return [...found].sort();
}

describe("the OpenAPI document", () => {
  it("describes every route that is registered, and no other", async () => {
    const described = operationsOf(await readDocument()).map(({ name }) => name);
    const ownPages = ["GET /openapi.json", "HEAD /openapi.json"];
    const ofTheApp = ["GET /health"];
    expect([...described, ...ownPages].sort()).toEqual([...(await registeredRoutes()), ...ofTheApp].sort());
  });

  it("is OpenAPI 3.1 whose references, parameters and operation ids all hold", async () => {
    const document = await readDocument();
    expect(document.openapi).toBe("3.1.0");
    const operations = operationsOf(document);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { address, operation } of operations) {
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path").map(({ name }) => `{${name}}`);
      expect(inPath).toEqual(address.match(/\{\w+\}/g) ?? []);
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
    }
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(document).toHaveProperty(["components", "schemas", name ?? ""]);
    }
    expect(text).not.toContain("$schema");
  });

  it("gives each system's own error key, and says who may call", async () => {
    const { paths } = await readDocument();
    const refusal = (address: string, method: string, status: string) =>
      paths[address]?.[method]?.responses[status]?.content?.["application/json"]?.schema;
    expect(refusal("/api/credentials", "post", "409")).toEqual({ $ref: "#/components/schemas/Error" });
    expect(refusal("/api/v1/credentials/{username}/{app_name}", "get", "404")).toEqual({ $ref: "#/components/schemas/Detail" });
    const security = (address: string, method: string) => paths[address]?.[method]?.security;
    expect(security("/login", "post")).toEqual([]);
    expect(security("/me", "get")).toEqual([{ userToken: [] }]);
    expect(security("/api/v1/credentials/{username}/{app_name}", "get")).toEqual([{ serviceToken: [] }]);
    expect(security("/api/credentials", "get")).toEqual([{ userToken: [] }, { serviceToken: [] }]);
  });

  it("describes bodies by the schemas that the routes check by", async () => {
    const { paths } = await readDocument();
    expect(paths["/set_api_key"]?.post?.requestBody).toMatchObject({
      content: {
        "application/json": {
          schema: {
            type: "object",
            properties: { model_name: { type: "string" }, api_key: { type: "string" } },
            required: ["model_name", "api_key"],
          },
        },
      },
    });
    expect(Object.keys(paths["/login"]?.post?.requestBody?.content ?? {})).toEqual([
      "application/x-www-form-urlencoded",
      "multipart/form-data",
    ]);
  });
});

describe("the page to try it", () => {
  it("is served with the strict policy where the browser's part was built", async () => {
    const { dataDir: publicDir, remove } = await createTestStore();
    mkdirSync(path.join(publicDir, "docs"));
    writeFileSync(path.join(publicDir, "docs", "index.html"), "<!doctype html><title>routes</title>");
    const gateway = await startGateway({}, undefined, { publicDir });
    const answer = await ask(gateway, "GET /docs");
    await remove();
    expect([answer.status, answer.body, answer.headers.get("content-type")]).toEqual([
      200,
      "<!doctype html><title>routes</title>",
      "text/html; charset=utf-8",
    ]);
    expect(answer.headers.get("content-security-policy")).toMatch(/script-src 'self';.*require-trusted-types-for 'script'/);
  });
});
