import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import {
  type Answer,
  answerJson2,
  answerJsonRpc,
  answerXmlRpc,
  html,
  type Incoming,
  type RequestedCall,
  readCall,
} from "./odoo/endpoints.ts";
import { createDatabase, type OdooDatabase, type OdooUser } from "./odoo/models.ts";
import type { OdooEdition } from "./odoo/record.ts";
import type { OdooTable } from "./odoo/table.ts";
import { createWorld, type OdooWorld } from "./odoo/world.ts";

/** How the server misbehaves. Each holds until `heal()`; `only` limits it to one method or endpoint. */
export type OdooTrouble = {
  readonly kind:
    | "hang"
    | "hang-in-body"
    | "reset"
    | "reset-in-body"
    | "html"
    | "pool-error"
    | "addon-error"
    | "database-down"
    | "redirect"
    | "slow";
  readonly only?: string;
  /** Of `html`; 502 when left out. */
  readonly status?: number;
  /** Of `redirect`. */
  readonly location?: string;
  /** Of `slow`. */
  readonly delayMs?: number;
};

export type RecordedRequest = RequestedCall & { readonly endpoint: "/jsonrpc" | "/json/2" | "/xmlrpc/2" };

export type OdooServerOptions = {
  /** 19 when left out. */
  readonly edition?: OdooEdition;
  /** `["odoo_db"]` when left out; the first one holds the partners and products, the others are empty. */
  readonly databases?: readonly string[];
  /** `admin`/`admin` with an API key when left out. */
  readonly users?: readonly OdooUser[];
  /** How many to make; 0 when left out. */
  readonly partners?: number;
  /** How many to make, or null: the product app is not installed; 0 when left out. */
  readonly products?: number | null;
  /** Another version text and number, such as `saas~18.3+e` and `saas~18`. */
  readonly version?: { readonly text: string; readonly info: readonly unknown[] };
  /** Milliseconds since 1970; the machine's clock when left out. */
  readonly clock?: () => number;
  /** False: only `/json/2`, as later editions will be. */
  readonly hasJsonRpc?: boolean;
};

/** A running stand-in for Odoo. `partners` and `products` are those of the first database. */
export type OdooServer = {
  readonly url: string;
  readonly partners: OdooTable;
  readonly products: OdooTable;
  readonly requests: readonly RecordedRequest[];
  database(name: string): OdooDatabase;
  /** How many calls of this method arrived: `authenticate`, `search_read`… */
  countOf(method: string): number;
  breakWith(trouble: OdooTrouble): void;
  heal(): void;
  close(): Promise<void>;
};

export const ADMIN_API_KEY = "0123456789abcdef0123456789abcdef01234567";
export const ADMIN: OdooUser = { login: "admin", password: "admin", apiKey: ADMIN_API_KEY };

/** Starts a stand-in Odoo on a free port of 127.0.0.1, with the answers of the edition as measured on real servers. */
export async function startOdooServer(options: OdooServerOptions = {}): Promise<OdooServer> {
  const { edition = 19, databases: names = ["odoo_db"], users = [ADMIN], clock = Date.now } = options;
  let trouble: OdooTrouble | null = null;
  const requests: RecordedRequest[] = [];
  const products = options.products === undefined ? 0 : options.products;
  const databases = names.map((name, n) => {
    const sizes =
      n === 0 ? { partners: options.partners ?? 0, products } : { partners: 0, products: products === null ? null : 0 };
    return createDatabase({ name, ...sizes }, edition, createMicroClock(clock));
  });
  const version = options.version ?? { text: `${edition}.0`, info: [edition, 0, 0, "final", 0, ""] };
  const isDatabaseDown = () => trouble?.kind === "database-down";
  const world = createWorld({ edition, databases, users, version, isDatabaseDown });
  const find = (name: string) => databases.find((database) => database.name === name) ?? fail(`No database ${name}`);

  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const incoming = await readRequest(request);
    const call = incoming.body === "" ? null : readCall(incoming);
    if (call !== null) requests.push({ ...call, endpoint: endpointOf(incoming.path) });
    const active =
      trouble !== null && (trouble.only === undefined || [call?.method, endpointOf(incoming.path)].includes(trouble.only))
        ? trouble
        : null;
    const answer =
      active?.kind === "redirect" ? redirect(active.location ?? "") : answerOf(world, incoming, active, options.hasJsonRpc);
    await send(response, answer, active);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const first = databases[0] ?? fail("No database");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    partners: first.partners,
    get products() {
      return first.products ?? fail("The product app is not installed");
    },
    requests,
    database: find,
    countOf: (method) => requests.filter((request) => request.method === method).length,
    breakWith: (next) => {
      trouble = next;
    },
    heal: () => {
      trouble = null;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function fail(message: string): never {
  throw new Error(message);
}

/** Microseconds that never repeat, as the start of a transaction has them. */
function createMicroClock(clock: () => number): () => number {
  let count = 66;
  return () => Math.floor(clock()) * 1000 + (++count % 1000);
}

async function readRequest(request: IncomingMessage): Promise<Incoming & { method: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
  return { method: request.method ?? "", path: request.url ?? "/", headers, body: Buffer.concat(chunks).toString("utf8") };
}

function endpointOf(path: string): RecordedRequest["endpoint"] {
  return path.startsWith("/json/2/") ? "/json/2" : path === "/jsonrpc" ? "/jsonrpc" : "/xmlrpc/2";
}

function answerOf(
  world: OdooWorld,
  incoming: Incoming & { method: string },
  trouble: OdooTrouble | null,
  hasJsonRpc = true,
): Answer {
  const { path } = incoming;
  if (trouble?.kind === "html") return html(trouble.status ?? 502, "Bad Gateway");
  if (trouble?.kind === "database-down" && world.edition === 14) return html(500, "Internal Server Error");
  if (trouble?.kind === "pool-error") return fault(world, path, "psycopg2.pool.PoolError", "The Connection Pool Is Full");
  if (trouble?.kind === "addon-error") return fault(world, path, "builtins.KeyError", "'x_field'");
  if (path === "/web/version" && world.edition >= 19) {
    const body = JSON.stringify({ version_info: world.version.info, version: world.version.text });
    return {
      status: 200,
      type: "application/json; charset=utf-8",
      body,
      headers: { "set-cookie": "session_id=0; HttpOnly; Path=/" },
    };
  }
  if (incoming.method !== "POST") return html(path === "/" ? 303 : 404, "Not Found");
  if (path.startsWith("/json/2/")) {
    return trouble?.kind === "database-down" ? html(404, "Not Found", "No database is selected") : answerJson2(world, incoming);
  }
  if (path === "/jsonrpc" && hasJsonRpc) return answerJsonRpc(world, incoming);
  if (path.startsWith("/xmlrpc/2/") && hasJsonRpc) return answerXmlRpc(world, incoming);
  return html(404, "Not Found", "The requested URL was not found on the server.");
}

function fault(world: OdooWorld, path: string, name: string, message: string): Answer {
  const data = { name, message, arguments: [], context: {}, debug: "" };
  if (path !== "/jsonrpc") return html(500, "Internal Server Error");
  const error = { code: world.edition >= 19 ? 0 : 200, message: "Odoo Server Error", data };
  return { status: 200, type: "application/json", body: JSON.stringify({ jsonrpc: "2.0", id: 1, error }) };
}

const redirect = (location: string): Answer => ({ ...html(301, "Moved Permanently"), headers: { location } });

async function send(response: ServerResponse, answer: Answer, trouble: OdooTrouble | null): Promise<void> {
  if (trouble?.kind === "hang") return;
  if (trouble?.kind === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (trouble?.kind === "slow") await wait(trouble.delayMs ?? 1000);
  const body = Buffer.from(answer.body);
  const headers = { "content-type": answer.type, "content-length": body.length, connection: "close", ...answer.headers };
  response.writeHead(answer.status, headers);
  if (trouble?.kind !== "hang-in-body" && trouble?.kind !== "reset-in-body") {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.ceil(body.length / 2)));
  if (trouble.kind === "reset-in-body") setImmediate(() => response.socket?.destroy());
}
