import { z } from "zod";
import { ConnectionError } from "../../upstream/connection-error.ts";
import type { HttpClient } from "../../upstream/http-client.ts";
import type { Connector, PullReader, TestOptions, UseOptions } from "../connector.ts";
import { HTTP_URL_PATTERN } from "../connector-fields.ts";
import { createConnector } from "../create-connector.ts";
import { normaliseOdooUrl } from "./odoo-channel.ts";
import { isModelMissing } from "./odoo-fault.ts";
import { openReader } from "./odoo-reader.ts";
import { contacts, type OdooResource, products } from "./odoo-resource.ts";
import { isApiKey, type OdooLogin, type OdooSession, openSession, resumeSession } from "./odoo-session.ts";
import { createSessionMemory, type SessionMemory } from "./odoo-session-memory.ts";

/*
 * Odoo 14 and newer, Community or Enterprise, on one's own server or Odoo Online.
 *
 * Speaks JSON-2 (`/json/2`) where the server is 19 or newer and the secret is an API key, otherwise `/jsonrpc`, and on Odoo 14
 * once more `/xmlrpc/2` where that alone gives the reason of a failure. The account needs read access to contacts
 * (`res.partner`) and, to sync them, to products (`product.product`): an internal user is enough. An account with two-factor
 * authentication needs an API key, and an API key of an ordinary user expires after 90 days at most.
 *
 * What a sign-in tells of server and user is remembered for ten minutes, so that a sync soon after another is not one more; the
 * secret goes along with every call, and Odoo checks it each time.
 *
 * Never writes to Odoo, never tries a refused secret again, never uses the web session of a browser.
 * Manual: https://www.odoo.com/documentation/19.0/developer/reference/external_api.html
 */

export type OdooConnectorOptions = {
  readonly http: HttpClient;
  /** The server that a credential without a URL of its own means. */
  readonly defaultUrl: string;
};

/** The Odoo connector: a credential is one user of one database. */
export function createOdooConnector({ http, defaultUrl }: OdooConnectorOptions): Connector {
  const memory = createSessionMemory();
  return createConnector({
    id: "odoo",
    name: "Odoo",
    description: "Contacts and products of an Odoo database (version 14 or newer).",
    fields: fieldsWith(defaultUrl),
    test: (login, options) => testConnection(http, login, options, memory),
    call: {
      usesAccessToken: false,
      baseUrl: ({ url }) => `${normaliseOdooUrl(url)}/json/2`,
      inject: (login) => {
        if (isApiKey(login)) return { headers: { authorization: `bearer ${login.password}`, "x-odoo-database": login.database } };
        const message = "Calls to Odoo need an API key in the password's place, and Odoo 19 or newer.";
        throw new ConnectionError("INVALID_FIELDS", "VALIDATE", message);
      },
    },
    pull: {
      contacts: (login, options) => pull(http, login, options, memory, contacts),
      products: (login, options) => pull(http, login, options, memory, products),
    },
  });
}

function fieldsWith(defaultUrl: string) {
  return z.object({
    url: z
      .url({ protocol: /^https?$/, error: "The Odoo URL must begin with https:// or http://", abort: true })
      .refine(hasNoUserOrFragment, "The Odoo URL must not carry a user name or password")
      .meta({
        title: "Odoo URL",
        description: "Address of the server, without a database.",
        initial: defaultUrl,
        ...HTTP_URL_PATTERN,
      }),
    database: z.string().min(1).meta({ title: "Database", description: "Name of the database, as the login page shows it." }),
    username: z.string().min(1).meta({ title: "User name", description: "The login, often an e-mail address." }),
    password: z.string().min(1).meta({
      title: "Password or API key",
      description: "Accounts with two-factor authentication need an API key. Prefer one in any case: it can be revoked alone.",
      secret: true,
    }),
  });
}

function hasNoUserOrFragment(text: string): boolean {
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

/** A reader over the session of a sign-in of late, or of a new one; whatever fails, the next one signs in anew. */
async function pull<Row extends { readonly upstreamId: number }>(
  http: HttpClient,
  login: OdooLogin,
  options: UseOptions,
  memory: SessionMemory,
  resource: OdooResource<Row>,
): Promise<PullReader<Row>> {
  const found = memory.find(login);
  const session = found === null ? await openSession(http, login, options) : resumeSession(http, login, options, found);
  const { fields } = found ?? memory.keep(login, session);
  const orForget = async <Result>(read: Promise<Result>): Promise<Result> => {
    try {
      return await read;
    } catch (error) {
      memory.forget(login);
      throw error;
    }
  };
  const reader = await orForget(openReader(session, resource, fields));
  return {
    upstreamKey: reader.upstreamKey,
    count: (changedSince) => orForget(reader.count(changedSince)),
    page: (request) => orForget(reader.page(request)),
    ids: (afterId, limit) => orForget(reader.ids(afterId, limit)),
  };
}

/**
 * Signs in, counts, and reads one contact as a sync would. `contact_count` is what people see in Odoo, without archived
 * contacts; `product_count` is left out when the product app is not installed or the user may not read it.
 */
async function testConnection(http: HttpClient, login: OdooLogin, { signal, onStage }: TestOptions, memory: SessionMemory) {
  onStage?.("VALIDATE");
  // Signed in to anew, because that is what is tested; a sync that follows need not.
  memory.forget(login);
  const session = await openSession(http, login, { signal, onStage });
  onStage?.("AUTHORIZE");
  const contactCount = await session.call(countOf(contacts.model));
  const productCount = await countProducts(session);
  onStage?.("READ");
  const { fields } = memory.keep(login, session);
  const reader = await openReader(session, contacts, fields);
  await reader.page({ changedSince: null, afterId: 0, limit: 1 });
  return {
    stage: "READ" as const,
    message: `Signed in to Odoo ${session.version.text}.${productCount === null ? " Products cannot be read there." : ""}`,
    details: {
      odoo_uid: String(session.uid),
      contact_count: String(countSchema.parse(contactCount)),
      ...(productCount === null ? {} : { product_count: String(productCount) }),
      server_version: session.version.text,
      protocol: session.protocol,
    },
  };
}

const countSchema = z.number().int().nonnegative();

function countOf(model: string) {
  return { model, method: "search_count", named: { domain: [] }, stage: "AUTHORIZE" } as const;
}

async function countProducts(session: OdooSession): Promise<number | null> {
  const answer = await session.ask(countOf(products.model));
  if (answer.ok) return countSchema.parse(answer.result);
  const isNone = isModelMissing(answer.fault, products.model) || answer.fault.name === "odoo.exceptions.AccessError";
  if (isNone) return null;
  throw session.refuse(answer.fault, countOf(products.model));
}
