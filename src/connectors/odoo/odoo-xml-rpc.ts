import { XMLParser } from "fast-xml-parser";
import { failedInside, notAnOdoo, type OdooChannel } from "./odoo-channel.ts";
import type { OdooAnswer, OdooFault } from "./odoo-fault.ts";
import type { ServiceCall } from "./odoo-json-rpc.ts";

type XmlNode = Readonly<Record<string, unknown>>[];

// Entities are not the parser's business: a document type could define its own. The five of XML are replaced below.
const parser = new XMLParser({ preserveOrder: true, parseTagValue: false, trimValues: false, processEntities: false });

/**
 * Sends a call over `/xmlrpc/2`. Needed for one thing alone: Odoo 14 (before January 2021) with several databases
 * answers every failing `/jsonrpc` call with a bare 500 page, and only here gives the reason.
 */
export async function callXmlRpc(channel: OdooChannel, call: ServiceCall): Promise<OdooAnswer> {
  const { service, method, args, ...rest } = call;
  const params = args.map((value) => `<param>${encode(value)}</param>`).join("");
  const body = `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`;
  const headers = { "content-type": "text/xml", accept: "text/xml" };
  const reply = await channel.send({ path: `/xmlrpc/2/${service}`, body, headers, ...rest });
  if (reply.status === 500) throw failedInside(channel.baseUrl, call.stage);
  const answer = reply.status === 200 ? parseXmlRpc(reply.body.toString("utf8")) : null;
  if (answer === null) throw notAnOdoo(channel.baseUrl, call.stage, reply.status);
  return answer;
}

/** Reads an XML-RPC answer; null when it is none. */
function parseXmlRpc(text: string): OdooAnswer | null {
  if (text.includes("<!DOCTYPE")) return null;
  try {
    const response = child(parser.parse(text) as XmlNode, "methodResponse");
    const fault = response.find((node) => "fault" in node);
    if (fault !== undefined) return { ok: false, fault: toFault(decode(child(fault.fault as XmlNode, "value"))) };
    return { ok: true, result: decode(child(child(child(response, "params"), "param"), "value")) };
  } catch {
    return null;
  }
}

/** Faults 2, 3 and 4 carry the message alone, 1 a traceback whose last part is `class: message`. */
function toFault(value: unknown): OdooFault {
  const { faultCode, faultString } = value as { faultCode?: unknown; faultString?: unknown };
  const text = String(faultString);
  if (faultCode === 2) return { name: "odoo.exceptions.UserError", message: text };
  if (faultCode === 3) return { name: "odoo.exceptions.AccessDenied", message: text };
  if (faultCode === 4) return { name: "odoo.exceptions.AccessError", message: text };
  const [, name = "unknown", message = ""] =
    /^(?! )([\w.]+): ([\s\S]*)$/m.exec(text.slice(text.lastIndexOf('\n  File "') + 1)) ?? [];
  return { name: name.includes(".") ? name : `builtins.${name}`, message };
}

function encode(value: unknown): string {
  return `<value>${encodeBare(value)}</value>`;
}

function encodeBare(value: unknown): string {
  if (typeof value === "string") return `<string>${value.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</string>`;
  if (typeof value === "boolean") return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value === "number") return Number.isInteger(value) ? `<int>${value}</int>` : `<double>${value}</double>`;
  if (value === null || value === undefined) return "<nil/>";
  if (Array.isArray(value)) return `<array><data>${value.map(encode).join("")}</data></array>`;
  const members = Object.entries(value).map(([name, member]) => `<member><name>${name}</name>${encode(member)}</member>`);
  return `<struct>${members.join("")}</struct>`;
}

function child(nodes: XmlNode, name: string): XmlNode {
  const found = nodes.find((node) => name in node)?.[name];
  if (!Array.isArray(found)) throw new SyntaxError(`No <${name}> in the answer`);
  return found as XmlNode;
}

const all = (nodes: XmlNode, name: string) => nodes.filter((node) => name in node).map((node) => node[name] as XmlNode);

function decode(value: XmlNode): unknown {
  const typed = value.find((node) => !("#text" in node));
  const [type = "string"] = Object.keys(typed ?? {});
  const content = typed === undefined ? value : (typed[type] as XmlNode);
  if (type === "array") return all(child(content, "data"), "value").map(decode);
  if (type === "struct") {
    const members = all(content, "member");
    return Object.fromEntries(members.map((member) => [textOf(child(member, "name")), decode(child(member, "value"))]));
  }
  if (type === "boolean") return textOf(content) === "1";
  if (type === "int" || type === "i4" || type === "double") return Number(textOf(content));
  return type === "nil" ? null : textOf(content);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function textOf(nodes: XmlNode): string {
  const raw = nodes.map((node) => String(node["#text"] ?? "")).join("");
  return raw.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
