import type { FastifyReply, FastifyRequest } from "fastify";
import { contentSecurityPolicy } from "../http/security-headers.ts";

/**
 * GraphiQL writes its editors' styles and its documentation's HTML as text and has its fonts in its style sheet, which
 * the strict policy forbids; what it shows comes from the gateway's own schema. Scripts stay our own files.
 */
const POLICY = contentSecurityPolicy({
  "style-src": "'self' 'unsafe-inline'",
  "font-src": "'self' data:",
  "require-trusted-types-for": null,
});

/** True for a browser that opens the address, and not for a program that asks for data or brings a query. */
export function wantsPlayground({ method, headers, query }: FastifyRequest): boolean {
  const asksQuery = typeof query === "object" && query !== null && "query" in query;
  return method === "GET" && !asksQuery && (headers.accept ?? "").includes("text/html");
}

/** Answers with the page of the playground, under its own content policy. */
export function sendPlayground(reply: FastifyReply, page: string): FastifyReply {
  return reply.type("text/html; charset=utf-8").header("content-security-policy", POLICY).send(page);
}
