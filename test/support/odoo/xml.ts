import { XMLParser } from "fast-xml-parser";

/* XML-RPC as a server speaks it, written apart from the connector's own so that each checks the other. */

type Node = Record<string, unknown>[];
const parser = new XMLParser({ preserveOrder: true, parseTagValue: false, trimValues: false, processEntities: true });

/** @throws {Error} when the body is no XML-RPC call. */
export function parseCall(body: string): { method: string; args: unknown[] } {
  const call = child(parser.parse(body) as Node, "methodCall");
  const params = elements(child(call, "params"), "param");
  return { method: text(child(call, "methodName")), args: params.map((param) => decode(child(param, "value"))) };
}

const elements = (node: Node, name: string) => node.filter((entry) => name in entry).map((entry) => entry[name] as Node);

function child(node: Node, name: string): Node {
  const found = elements(node, name)[0];
  if (found === undefined) throw new Error(`No <${name}> in the XML-RPC call`);
  return found;
}

const text = (node: Node) => node.map((entry) => String(entry["#text"] ?? "")).join("");

function decode(value: Node): unknown {
  const typed = value.find((entry) => !("#text" in entry));
  if (typed === undefined) return text(value);
  const [type = ""] = Object.keys(typed);
  const content = typed[type] as Node;
  if (type === "struct") {
    const members = elements(content, "member");
    return Object.fromEntries(members.map((member) => [text(child(member, "name")), decode(child(member, "value"))]));
  }
  if (type === "array") return elements(child(content, "data"), "value").map(decode);
  if (type === "boolean") return text(content) === "1";
  if (type === "int" || type === "i4" || type === "double") return Number(text(content));
  return type === "nil" ? null : text(content);
}

const escapeText = (value: string) => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function encode(value: unknown): string {
  if (typeof value === "boolean") return `<value><boolean>${value ? 1 : 0}</boolean></value>`;
  if (typeof value === "number") {
    return Number.isInteger(value) ? `<value><int>${value}</int></value>` : `<value><double>${value}</double></value>`;
  }
  if (typeof value === "string") return `<value><string>${escapeText(value)}</string></value>`;
  if (Array.isArray(value)) return `<value><array><data>\n${value.map(encode).join("\n")}\n</data></array></value>`;
  const members = Object.entries(value as object).map(
    ([name, member]) => `<member>\n<name>${escapeText(name)}</name>\n${encode(member)}\n</member>`,
  );
  return `<value><struct>\n${members.join("\n")}\n</struct></value>`;
}

export function encodeResponse(value: unknown): string {
  return `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n${encode(value)}\n</param>\n</params>\n</methodResponse>\n`;
}

export function encodeFault(faultCode: number, faultString: string): string {
  return `<?xml version='1.0'?>\n<methodResponse>\n<fault>\n${encode({ faultCode, faultString })}\n</fault>\n</methodResponse>\n`;
}
