import type { FastifyInstance } from "fastify";
import { type PublicDir, readBuiltPage } from "./built-page.ts";

/**
 * Where the dashboard's pages are, each with all that is below it. A list and not a catch-all: what is not in it stays
 * 404 for programs, and no page can hide a route of a replaced system.
 */
export const PAGE_PATHS = [
  "/sign-in",
  "/sign-up",
  "/credentials",
  "/sync",
  "/contacts",
  "/products",
  "/activity",
  "/account",
  "/admin",
] as const;

/** The dashboard's one document at `/` and at every page's address; no page when the browser's part was not built. */
export function registerPages(app: FastifyInstance, publicDir: PublicDir): void {
  const page = readBuiltPage(publicDir, "index.html");
  if (page === null) return;
  for (const url of ["/", ...PAGE_PATHS.flatMap((prefix) => [prefix, `${prefix}/*`])]) {
    app.get(url, (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
  }
}
