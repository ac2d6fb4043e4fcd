import { z } from "zod";
import { ConnectionError } from "../../upstream/connection-error.ts";
import type { HttpResponse } from "../../upstream/http-client.ts";
import { readJson } from "../../upstream/read-json.ts";
import type { TestOptions } from "../connector.ts";
import { failedInside, isHtml, isJson, notAnOdoo, type OdooChannel } from "./odoo-channel.ts";
import { toConnectionError } from "./odoo-fault.ts";
import { parseJsonRpc, sendJsonRpc } from "./odoo-json-rpc.ts";

export type OdooVersion = {
  /** As Odoo writes it: `19.0`, `saas~18.3+e`. */
  readonly text: string;
  readonly major: number;
  /** Whether `/jsonrpc` is there; Odoo announces its end for version 20. */
  readonly hasJsonRpc: boolean;
};

const OLDEST = 14;
const STAGE = "AUTHENTICATE";
// The first number is a string on Odoo Online, such as "saas~18".
const infoSchema = z.array(z.unknown()).min(1);
const rpcSchema = z.object({ server_version: z.string(), server_version_info: infoSchema });
const webSchema = z.object({ version: z.string(), version_info: infoSchema });

/**
 * Asks the server what it is, without credentials, and reports the stages of reaching it.
 * @throws {ConnectionError} UNEXPECTED_RESPONSE when it is no Odoo, or one older than 14.
 */
export async function readVersion(channel: OdooChannel, onStage: TestOptions["onStage"]): Promise<OdooVersion> {
  const reply = await sendJsonRpc(channel, { service: "common", method: "version", args: [], stage: STAGE, onStage });
  if (reply.status === 404 || reply.status === 410) return readWebVersion(channel, reply.status);
  refuseProxyPage(reply, channel.baseUrl);
  const answer = parseJsonRpc(channel, reply, STAGE);
  if (!answer.ok) throw toConnectionError(answer.fault, { stage: STAGE, database: "" });
  const parsed = rpcSchema.safeParse(answer.result);
  if (!parsed.success) throw notAnOdoo(channel.baseUrl, STAGE, reply.status);
  return checkVersion(parsed.data.server_version, parsed.data.server_version_info, true);
}

async function readWebVersion(channel: OdooChannel, status: number): Promise<OdooVersion> {
  const reply = await channel.send({ method: "GET", path: "/web/version", stage: STAGE });
  const parsed = webSchema.safeParse(isJson(reply) ? readJson(reply, STAGE) : undefined);
  if (!parsed.success) throw notAnOdoo(channel.baseUrl, STAGE, status);
  return checkVersion(parsed.data.version, parsed.data.version_info, false);
}

function refuseProxyPage(reply: HttpResponse, baseUrl: string): void {
  if (!isHtml(reply)) return;
  // Odoo 14 says 500 to everything, its version included, while PostgreSQL is away.
  if (reply.status === 500) throw failedInside(baseUrl, STAGE);
  if (reply.status === 401 || reply.status === 403) {
    const message = `The server at ${baseUrl} answered ${reply.status} before Odoo was asked: something in front of it refuses calls.`;
    throw new ConnectionError("UNEXPECTED_RESPONSE", STAGE, message);
  }
}

function checkVersion(text: string, info: readonly unknown[], hasJsonRpc: boolean): OdooVersion {
  const major = Number(/\d+/.exec(String(info[0]))?.[0] ?? 0);
  if (major >= OLDEST) return { text, major, hasJsonRpc };
  const message = `This is Odoo ${text.slice(0, 40)}; Postern speaks with Odoo ${OLDEST} and newer.`;
  throw new ConnectionError("UNEXPECTED_RESPONSE", STAGE, message);
}
