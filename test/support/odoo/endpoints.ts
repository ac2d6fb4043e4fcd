import { OdooFault } from "./record.ts";
import type { OdooWorld } from "./world.ts";
import { encodeFault, encodeResponse, parseCall } from "./xml.ts";

export type Answer = { status: number; type: string; body: string; headers?: Record<string, string> };
export type Incoming = { path: string; headers: Readonly<Record<string, string | undefined>>; body: string };
/** What a request asks for, as tests count it. */
export type RequestedCall = { method: string; model: string | null; database: string | null; login: string | null };

const json = (status: number, value: unknown): Answer => ({
  status,
  type: "application/json; charset=utf-8",
  body: JSON.stringify(value),
});
export const html = (status: number, title: string, text = ""): Answer => ({
  status,
  type: "text/html; charset=utf-8",
  body: `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`,
});
const internalError = () => html(500, "Internal Server Error", "The server encountered an internal error.");
const noDatabase = () =>
  html(404, "Not Found", "No database is selected and the requested URL was not found in the server-wide controllers.");

/** Reads what a request asks for, whichever endpoint it came to; null when it is no call. */
export function readCall({ path, headers, body }: Incoming): RequestedCall | null {
  const modelCall = /^\/json\/2\/([^/]+)\/([^/]+)$/.exec(path);
  if (modelCall) {
    const [, model = null, method = ""] = modelCall;
    return { method, model, database: headers["x-odoo-database"] ?? null, login: null };
  }
  if (path === "/jsonrpc") {
    const { params } = JSON.parse(body) as { params: { service: string; method: string; args: unknown[] } };
    return readService(params.service, params.method, params.args);
  }
  if (!path.startsWith("/xmlrpc/2/")) return null;
  const call = parseCall(body);
  return readService(path.slice("/xmlrpc/2/".length), call.method, call.args);
}

function readService(service: string, method: string, args: readonly unknown[]): RequestedCall {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  if (service === "object") return { method: String(args[4]), model: text(args[3]), database: text(args[0]), login: null };
  return { method, model: null, database: text(args[0]), login: text(args[1]) };
}

/** `/jsonrpc`: errors come with 200, but on 14 with other than one database as HTML and without a reason. */
export function answerJsonRpc(world: OdooWorld, { headers, body }: Incoming): Answer {
  if (!headers["content-type"]?.startsWith("application/json")) {
    return world.edition >= 19 ? html(415, "Unsupported Media Type") : html(400, "Bad Request", "Session expired");
  }
  const { id, params } = JSON.parse(body) as { id: unknown; params: { service: string; method: string; args: unknown[] } };
  try {
    return json(200, { jsonrpc: "2.0", id, result: dispatch(world, params.service, params.method, params.args) });
  } catch (error) {
    if (!(error instanceof OdooFault)) throw error;
    if (world.edition === 14 && world.databases.size !== 1) return internalError();
    const code = world.edition >= 19 ? 0 : 200;
    return json(200, { jsonrpc: "2.0", id, error: { code, message: "Odoo Server Error", data: faultBody(error) } });
  }
}

/** `/json/2` of 19: bare values, errors with a status of their own. */
export function answerJson2(world: OdooWorld, { path, headers, body }: Incoming): Answer {
  if (world.edition < 19) return json(404, { jsonrpc: "2.0", id: null, error: { code: 404, message: "404: Not Found" } });
  const [, , , model = "", method = ""] = path.split("/");
  const database = headers["x-odoo-database"] ?? (world.databases.size === 1 ? [...world.databases.keys()][0] : undefined);
  if (database === undefined || !world.databases.has(database)) return noDatabase();
  const key = /^bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1];
  try {
    if (key === undefined) throw new OdooFault("werkzeug.exceptions.Unauthorized", "User not authenticated, use an API Key");
    return json(200, world.callAsBearer(database, key, model, method, JSON.parse(body) as Record<string, unknown>));
  } catch (error) {
    if (!(error instanceof OdooFault)) throw error;
    return json2Fault(error, model);
  }
}

function json2Fault(fault: OdooFault, model: string): Answer {
  if (fault.message === `Object ${model} doesn't exist`) {
    const missing = new OdooFault("werkzeug.exceptions.NotFound", `the model '${model}' does not exist`);
    return json(404, faultBody(missing));
  }
  if (fault.name === "psycopg2.OperationalError") return noDatabase();
  return json(JSON2_STATUS[fault.name] ?? 500, faultBody(fault));
}

const JSON2_STATUS: Readonly<Record<string, number>> = {
  "werkzeug.exceptions.Unauthorized": 401,
  "odoo.exceptions.AccessDenied": 403,
  "odoo.exceptions.AccessError": 403,
  "odoo.exceptions.MissingError": 404,
  "odoo.exceptions.UserError": 422,
};

/** `/xmlrpc/2`: always 200, faults by number. */
export function answerXmlRpc(world: OdooWorld, { path, body }: Incoming): Answer {
  const xml = (text: string): Answer => ({ status: 200, type: "text/xml; charset=utf-8", body: text });
  const call = parseCall(body);
  try {
    return xml(encodeResponse(dispatch(world, path.slice("/xmlrpc/2/".length), call.method, call.args)));
  } catch (error) {
    if (!(error instanceof OdooFault)) throw error;
    const code = XML_FAULTS[error.name] ?? 1;
    return xml(encodeFault(code, code === 1 ? debugText(error) : error.message));
  }
}

const XML_FAULTS: Readonly<Record<string, number>> = {
  "odoo.exceptions.UserError": 2,
  "odoo.exceptions.MissingError": 2,
  "odoo.exceptions.AccessDenied": 3,
  "odoo.exceptions.AccessError": 4,
};

function dispatch(world: OdooWorld, service: string, method: string, args: readonly unknown[]): unknown {
  if (service === "common") return world.common(method, args);
  if (service === "object" && method === "execute_kw") return world.executeKw(args);
  if (service === "db" && method === "list") return [...world.databases.keys()];
  throw new OdooFault("builtins.KeyError", service);
}

const debugText = (fault: OdooFault) =>
  `Traceback (most recent call last):\n  File "/usr/lib/python3/dist-packages/odoo/http.py", line 1\n${fault.name.replace(/^builtins\./, "")}: ${fault.message}`;

function faultBody(fault: OdooFault) {
  return { name: fault.name, message: fault.message, arguments: [fault.message], context: {}, debug: debugText(fault) };
}
