import { failedInside, isHtml, type OdooChannel } from "./odoo-channel.ts";
import type { OdooAnswer } from "./odoo-fault.ts";
import { parseJsonRpc, type ServiceCall, sendJsonRpc } from "./odoo-json-rpc.ts";
import type { OdooVersion } from "./odoo-version.ts";
import { callXmlRpc } from "./odoo-xml-rpc.ts";

/**
 * Calls an RPC service over `/jsonrpc`. Where Odoo 14 hides the reason of a failure behind a 500 page (see `callXmlRpc`),
 * the call is sent once more over XML-RPC: every call of this connector only reads, so that is safe.
 * @throws {ConnectionError}
 */
export async function callService(channel: OdooChannel, version: OdooVersion, call: ServiceCall): Promise<OdooAnswer> {
  const reply = await sendJsonRpc(channel, call);
  if (reply.status !== 500 || !isHtml(reply)) return parseJsonRpc(channel, reply, call.stage);
  if (version.major > 14) throw failedInside(channel.baseUrl, call.stage);
  return callXmlRpc(channel, call);
}
