import { z } from "zod";
import { readJson } from "../../upstream/read-json.ts";
import { failedInside, isHtml, isJson, notAnOdoo, type OdooChannel } from "./odoo-channel.ts";
import { NO_DATABASE, type OdooAnswer } from "./odoo-fault.ts";
import type { ModelCall } from "./odoo-model-call.ts";

const faultSchema = z.object({ name: z.string(), message: z.string() });

/**
 * Calls a model's method over JSON-2 (`/json/2/<model>/<method>`, Odoo 19 and on) with an API key. Arguments go by name:
 * a misspelt one is not refused but ignored, which for `domain` means every record.
 */
export async function callJson2(channel: OdooChannel, database: string, apiKey: string, call: ModelCall): Promise<OdooAnswer> {
  const { model, method, named, ...rest } = call;
  const reply = await channel.send({
    path: `/json/2/${model}/${method}`,
    body: JSON.stringify(named),
    // The database always goes along: without it Odoo answers only while it shows exactly one.
    headers: { "content-type": "application/json", authorization: `bearer ${apiKey}`, "x-odoo-database": database },
    ...rest,
  });
  const value = isJson(reply) ? readJson(reply, call.stage) : undefined;
  if (reply.status === 200 && value !== undefined) return { ok: true, result: value };
  if (reply.status === 404 && isHtml(reply)) return { ok: false, fault: NO_DATABASE };
  if (reply.status === 500 && isHtml(reply)) throw failedInside(channel.baseUrl, call.stage);
  const fault = faultSchema.safeParse(value);
  if (!fault.success) throw notAnOdoo(channel.baseUrl, call.stage, reply.status);
  return { ok: false, fault: fault.data };
}
