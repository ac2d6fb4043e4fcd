import { z } from "zod";
import type { ConnectionStage } from "../../upstream/connection-error.ts";
import type { HttpResponse } from "../../upstream/http-client.ts";
import { readJson } from "../../upstream/read-json.ts";
import { isJson, notAnOdoo, type OdooChannel } from "./odoo-channel.ts";
import type { OdooAnswer } from "./odoo-fault.ts";
import type { CallStage } from "./odoo-model-call.ts";

/** A call of one of the RPC services: `common.version`, `common.authenticate`, `object.execute_kw`. */
export type ServiceCall = {
  readonly service: "common" | "object";
  readonly method: string;
  readonly args: readonly unknown[];
  readonly stage: CallStage;
  readonly deadlineMs?: number;
  readonly onStage?: (stage: ConnectionStage) => void;
};

const replySchema = z.object({
  jsonrpc: z.literal("2.0"),
  result: z.unknown().optional(),
  error: z.object({ data: z.object({ name: z.string(), message: z.string() }).optional() }).optional(),
});

/** Sends a call to `/jsonrpc` (Odoo 8 to 19); the reply is not judged yet. */
export function sendJsonRpc(channel: OdooChannel, call: ServiceCall): Promise<HttpResponse> {
  const { service, method, args, ...rest } = call;
  const body = JSON.stringify({ jsonrpc: "2.0", method: "call", id: 1, params: { service, method, args } });
  return channel.send({ path: "/jsonrpc", body, headers: { "content-type": "application/json" }, ...rest });
}

/**
 * Reads a reply of `/jsonrpc`; Odoo's own errors come with status 200.
 * @throws {ConnectionError} UNEXPECTED_RESPONSE when it is not Odoo that answered.
 */
export function parseJsonRpc(channel: OdooChannel, reply: HttpResponse, stage: CallStage): OdooAnswer {
  const parsed = isJson(reply) ? replySchema.safeParse(readJson(reply, stage)) : null;
  if (!parsed?.success) throw notAnOdoo(channel.baseUrl, stage, reply.status);
  const { error, result } = parsed.data;
  // Every error of Odoo's has `data`: another server's words are not repeated to whoever named its address.
  if (error?.data !== undefined) return { ok: false, fault: error.data };
  if (result === undefined) throw notAnOdoo(channel.baseUrl, stage, reply.status);
  return { ok: true, result };
}
