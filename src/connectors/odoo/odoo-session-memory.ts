import { createHmac, randomBytes } from "node:crypto";
import { createEntryCache } from "../../entry-cache.ts";
import type { OdooLogin, OdooSession } from "./odoo-session.ts";

/** What a sign-in told of server and user. It opens nothing: Odoo takes the secret with every call, and checks it. */
export type KnownSession = Pick<OdooSession, "version" | "protocol" | "uid" | "language"> & {
  /** The readable fields of the models that were asked for. */
  readonly fields: Map<string, readonly string[]>;
};

/** Sign-ins of late, so that a sync soon after another begins with its first page. */
export type SessionMemory = {
  find(login: OdooLogin): KnownSession | null;
  keep(login: OdooLogin, session: Omit<KnownSession, "fields">): KnownSession;
  /** To be called at any failure: what was known may be what failed, after an upgrade of the server for one. */
  forget(login: OdooLogin): void;
};

/** How long an upgraded server or a changed language may go unnoticed, in milliseconds. */
const LIFE_MS = 10 * 60_000;
const MOST = 1_000;

/** An empty memory. Logins are known by a keyed digest, which dies with the process, so that no secret stays in it. */
export function createSessionMemory(now: () => number = () => performance.now()): SessionMemory {
  const secret = randomBytes(32);
  const known = createEntryCache<string, { readonly session: KnownSession; readonly until: number }>(MOST);
  const keyOf = ({ url, database, username, password }: OdooLogin) =>
    createHmac("sha256", secret)
      .update(JSON.stringify([url, database, username, password]))
      .digest("base64");
  return {
    find: (login) => {
      const found = known.get(keyOf(login));
      return found !== undefined && found.until > now() ? found.session : null;
    },
    keep: (login, { version, protocol, uid, language }) => {
      const session = { version, protocol, uid, language, fields: new Map<string, readonly string[]>() };
      known.set(keyOf(login), { session, until: now() + LIFE_MS });
      return session;
    },
    forget: (login) => {
      known.delete(keyOf(login));
    },
  };
}
