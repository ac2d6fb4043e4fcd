import { readFileSync } from "node:fs";
import path from "node:path";
import type { FastifyInstance } from "fastify";
import { type PublicDir, readBuiltPage } from "../http/built-page.ts";
import { READING, refuseMethods } from "../http/refused-methods.ts";
import { PACKAGE_ROOT } from "../package-root.ts";

/** The version that the OpenAPI document is of: the package's. */
export function readVersion(): string {
  const file = path.join(PACKAGE_ROOT, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/**
 * `/openapi.json`, made when it is first asked for, and at `/docs` a page to try it, which needs nothing from elsewhere; no page
 * when it was not built.
 */
export function registerDocs(app: FastifyInstance, describe: () => object, publicDir: PublicDir): void {
  let text: string | null = null;
  app.get("/openapi.json", (_request, reply) => {
    text ??= JSON.stringify(describe());
    return reply.type("application/json; charset=utf-8").send(text);
  });
  refuseMethods(app, "/openapi.json", READING);
  const page = readBuiltPage(publicDir, "docs/index.html");
  if (page === null) return;
  for (const url of ["/docs", "/docs/"]) {
    app.get(url, (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
    refuseMethods(app, url, READING);
  }
}
