import { readFileSync } from "node:fs";
import path from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import { contentSecurityPolicy } from "../http/security-headers.ts";

const POLICY = contentSecurityPolicy();

/** The playground's page, or null when the browser's part of Postern was not built. */
export function readPlayground(publicDir: string): string | null {
  try {
    return readFileSync(path.join(publicDir, "playground", "index.html"), "utf8");
  } catch {
    return null;
  }
}

/** True for a browser that opens the address, and not for a program that asks for data or brings a query. */
export function wantsPlayground({ method, headers, query }: FastifyRequest): boolean {
  const asksQuery = typeof query === "object" && query !== null && "query" in query;
  return method === "GET" && !asksQuery && (headers.accept ?? "").includes("text/html");
}

export function sendPlayground(reply: FastifyReply, page: string): FastifyReply {
  return reply.type("text/html; charset=utf-8").header("content-security-policy", POLICY).send(page);
}
