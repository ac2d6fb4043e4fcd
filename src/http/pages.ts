import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
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

const HTML = "text/html; charset=utf-8";

/**
 * The dashboard's one document at `/` and at every page's address; no page when the browser's part was not built. Where there
 * is nothing, people who open the address are shown it too, with 404: it says so in words. Programs get what `refuse` sends.
 */
export function registerPages(
  app: FastifyInstance,
  publicDir: PublicDir,
  refuse: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): void {
  const page = readBuiltPage(publicDir, "index.html");
  app.setNotFoundHandler((request, reply) => {
    if (page === null || !isOpenedByPerson(request)) return refuse(request, reply);
    return reply.code(404).type(HTML).send(page);
  });
  if (page === null) return;
  for (const url of ["/", ...PAGE_PATHS.flatMap((prefix) => [prefix, `${prefix}/*`])]) {
    app.get(url, (_request, reply) => reply.type(HTML).send(page));
  }
}

/** Whether a browser asks for what it shows in a window, as no script can. */
function isOpenedByPerson({ method, headers }: FastifyRequest): boolean {
  return method === "GET" && headers["sec-fetch-dest"] === "document";
}
