import { callModel, type NamedArguments, type OdooDatabase, type OdooUser, type SignedIn } from "./models.ts";
import { type OdooEdition, OdooFault } from "./record.ts";

/** A call with the user that makes it: what `/jsonrpc`, `/xmlrpc/2` and `/json/2` have in common. */
export type OdooWorld = {
  readonly edition: OdooEdition;
  readonly databases: ReadonlyMap<string, OdooDatabase>;
  readonly version: { readonly text: string; readonly info: readonly unknown[] };
  common(method: string, args: readonly unknown[]): unknown;
  executeKw(args: readonly unknown[]): unknown;
  callAsBearer(database: string, key: string, model: string, method: string, named: NamedArguments): unknown;
};

export type WorldOptions = {
  readonly edition: OdooEdition;
  readonly databases: readonly OdooDatabase[];
  readonly users: readonly OdooUser[];
  readonly version: { readonly text: string; readonly info: readonly unknown[] };
  readonly isDatabaseDown: () => boolean;
};

/** The order of arguments that the real methods have, for calls that give some by place. */
const POSITIONS: Readonly<Record<string, readonly string[]>> = {
  search_count: ["domain"],
  search: ["domain", "offset", "limit", "order"],
  search_read: ["domain", "fields", "offset", "limit", "order"],
  fields_get: ["allfields", "attributes"],
  read: ["ids", "fields"],
};

const COOLDOWN_AFTER = 10;
const COOLDOWN_MS = 60_000;

/** Users, databases and the rules of signing in, as the edition has them. */
export function createWorld(options: WorldOptions): OdooWorld {
  const { edition, version, users } = options;
  const databases = new Map(options.databases.map((database) => [database.name, database]));
  const signedIn = users.map((user, n): SignedIn => ({ ...user, uid: n + 2 }));
  const cooldown = createCooldown(edition === 14);

  function requireDatabase(name: unknown): OdooDatabase {
    if (typeof name !== "string" || name === "") {
      if (edition >= 19) throw new OdooFault("builtins.AssertionError", "Missing database name");
      throw new OdooFault("psycopg2.OperationalError", 'FATAL:  database "odoo" does not exist\n');
    }
    const socket = 'connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: ';
    if (options.isDatabaseDown()) {
      const reason = "No such file or directory\n\tIs the server running locally and accepting connections on that socket?\n";
      throw new OdooFault("psycopg2.OperationalError", `${socket}${reason}`);
    }
    const database = databases.get(name);
    if (database !== undefined) return database;
    const place = edition === 14 ? "" : socket;
    throw new OdooFault("psycopg2.OperationalError", `${place}FATAL:  database "${name}" does not exist\n`);
  }

  function authenticate(args: readonly unknown[]): number | false {
    const [name, login, secret] = args;
    requireDatabase(name);
    if (cooldown.isActive()) return false;
    const user = signedIn.find((candidate) => candidate.login === login);
    if (user !== undefined && accepts(user, secret)) return user.uid;
    cooldown.noteFailure();
    return false;
  }

  return {
    edition,
    databases,
    version,
    common: (method, args) => {
      if (method === "authenticate" || method === "login") return authenticate(args);
      if (method === "version") return versionAnswer(version);
      throw new OdooFault("builtins.Exception", `Method not found: ${method}`);
    },
    executeKw: (args) => {
      const [name, uid, secret, model, method, positional = [], named = {}] = args;
      const database = requireDatabase(name);
      if (cooldown.isActive()) {
        throw new OdooFault("odoo.exceptions.AccessDenied", "Too many login failures, please wait a bit before trying again.");
      }
      const user = signedIn.find((candidate) => candidate.uid === uid);
      if (user === undefined || !accepts(user, secret)) {
        cooldown.noteFailure();
        throw new OdooFault("odoo.exceptions.AccessDenied", "Access Denied");
      }
      const byName = nameArguments(String(method), positional as unknown[], named as NamedArguments);
      return callModel(database, user, edition, String(model), String(method), byName);
    },
    callAsBearer: (name, key, model, method, named) => {
      const database = requireDatabase(name);
      const user = signedIn.find((candidate) => candidate.apiKey === key);
      if (user === undefined) throw new OdooFault("werkzeug.exceptions.Unauthorized", "Invalid apikey");
      return callModel(database, user, edition, model, method, named);
    },
  };
}

function accepts(user: OdooUser, secret: unknown): boolean {
  return (secret === user.password && !user.hasTwoFactor) || (user.apiKey !== undefined && secret === user.apiKey);
}

function versionAnswer({ text, info }: { text: string; info: readonly unknown[] }) {
  return { server_version: text, server_version_info: info, server_serie: text, protocol_version: 1 };
}

function nameArguments(method: string, positional: readonly unknown[], named: NamedArguments): NamedArguments {
  const names = POSITIONS[method] ?? [];
  return { ...Object.fromEntries(positional.map((value, n) => [names[n] ?? `argument ${n}`, value])), ...named };
}

/** After ten failures every login from the address is refused for a minute, the right ones too. */
function createCooldown(isKept: boolean) {
  let failures = 0;
  let until = 0;
  return {
    isActive: () => isKept && Date.now() < until,
    noteFailure: () => {
      failures++;
      if (failures >= COOLDOWN_AFTER) until = Date.now() + COOLDOWN_MS;
    },
  };
}
