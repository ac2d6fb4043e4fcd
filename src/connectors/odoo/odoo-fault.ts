import { ConnectionError } from "../../upstream/connection-error.ts";
import type { CallStage } from "./odoo-model-call.ts";

/** An error that Odoo itself reports: the Python class, and a message that may be in the user's language. */
export type OdooFault = { readonly name: string; readonly message: string };

/** What Odoo answered to a call, whichever protocol carried it. */
export type OdooAnswer = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly fault: OdooFault };

export type FaultPlace = { readonly stage: CallStage; readonly database: string; readonly model?: string };

/** The fault of a JSON-2 call that reached no database: unknown, not shown to this host name, or PostgreSQL is down. */
export const NO_DATABASE: OdooFault = { name: "NoDatabase", message: "No database is selected" };

const COOLDOWN_SECONDS = 60;
const NOUNS: Readonly<Record<string, string>> = { "res.partner": "contacts", "product.product": "products" };

/** The refusal of a login or key, with what commonly lies behind it: Odoo never says which. */
export function invalidCredentials(secretIsKey: boolean): ConnectionError {
  const hint = secretIsKey
    ? "If this is an API key, it may have expired or been deleted: create a new one in Odoo's preferences, under Account Security."
    : "If the account uses two-factor authentication, Odoo takes an API key in place of the password. " +
      "After many failed logins Odoo refuses even the right password for a minute.";
  return new ConnectionError("CREDENTIAL_REJECTED", "AUTHENTICATE", "Invalid Odoo credentials", { hint });
}

/** Whether a call failed because the app that brings its model is not installed. */
export function isModelMissing(fault: OdooFault, model: string): boolean {
  const namesModel = fault.message.includes(model);
  return namesModel && (fault.name === "odoo.exceptions.UserError" || fault.name === "werkzeug.exceptions.NotFound");
}

/**
 * A fault as the error that the rest of Postern understands. Decided by the class: Odoo's numeric code is 200 before 19
 * and 0 since, and messages are translated. Tracebacks and SQL are never shown.
 */
export function toConnectionError(fault: OdooFault, place: FaultPlace): ConnectionError {
  const { name } = fault;
  if (name === "odoo.exceptions.AccessDenied" || name === "werkzeug.exceptions.Unauthorized") return accessDenied(fault, place);
  if (name === "odoo.exceptions.AccessError") return accessError(place);
  if (name === NO_DATABASE.name) return databaseHidden(place);
  if (name.startsWith("psycopg2.")) return databaseFault(fault, place);
  if (place.model !== undefined && isModelMissing(fault, place.model)) return modelMissing(place);
  const reason = firstLine(fault.message);
  return new ConnectionError("UNEXPECTED_RESPONSE", place.stage, `Odoo could not answer the call: ${reason}`);
}

function accessDenied(fault: OdooFault, { stage }: FaultPlace): ConnectionError {
  if (/too many login failures/i.test(fault.message)) {
    const message = "Odoo refuses all logins from here for a minute, because too many failed (“Too many login failures”).";
    return new ConnectionError("RATE_LIMITED", stage, message, { retryAfterSeconds: COOLDOWN_SECONDS });
  }
  return invalidCredentials(fault.name === "werkzeug.exceptions.Unauthorized");
}

function accessError({ stage, model }: FaultPlace): ConnectionError {
  return new ConnectionError("PERMISSION_MISSING", stage, `The Odoo user may not read ${nameModel(model)}.`);
}

function modelMissing({ stage, model }: FaultPlace): ConnectionError {
  const message = `Odoo has no ${nameModel(model)}: the app that brings them is not installed.`;
  return new ConnectionError("UNEXPECTED_RESPONSE", stage, message);
}

function nameModel(model = "this model"): string {
  const noun = NOUNS[model];
  return noun === undefined ? model : `${noun} (${model})`;
}

function databaseMissing({ stage, database }: FaultPlace): ConnectionError {
  return new ConnectionError("INVALID_FIELDS", stage, `Odoo has no database “${database}” at this URL.`);
}

/** JSON-2 says the same of an unknown database and of a dead PostgreSQL; once signed in it can only be the latter. */
function databaseHidden(place: FaultPlace): ConnectionError {
  if (place.stage === "AUTHENTICATE") return databaseMissing(place);
  const message = `Odoo cannot open the database “${place.database}” any more: PostgreSQL is down, or the database is gone.`;
  return new ConnectionError("UNREACHABLE", place.stage, message);
}

/**
 * An unknown database and a dead PostgreSQL come under one class, and only the text tells them apart. PostgreSQL
 * translates it, but always quotes the name, which it never mentions when it cannot be reached at all.
 */
function databaseFault(fault: OdooFault, place: FaultPlace): ConnectionError {
  const { stage, database } = place;
  if (fault.name === "psycopg2.OperationalError") {
    const quoted = [`"${database}"`, `«${database}»`, `« ${database} »`, `„${database}“`, `“${database}”`, `»${database}«`];
    const isUnknown = quoted.some((text) => fault.message.includes(text));
    if (isUnknown || /database .* does not exist/.test(fault.message)) return databaseMissing(place);
    return new ConnectionError("UNREACHABLE", stage, "Odoo answers, but cannot reach its own database (PostgreSQL) just now.");
  }
  const isBusy = /PoolError|InterfaceError|SerializationFailure|LockNotAvailable|DeadlockDetected/.test(fault.name);
  if (isBusy)
    return new ConnectionError("UNREACHABLE", stage, "Odoo is overloaded or restarting: it has no database connection to spare.");
  return new ConnectionError("UNEXPECTED_RESPONSE", stage, "Odoo's database refused the query.");
}

function firstLine(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length > 200 ? `${line.slice(0, 199)}…` : line || "it gave no reason.";
}
