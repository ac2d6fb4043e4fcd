import { type AllowList, parseAllowList } from "./allow-list.ts";
import { ConnectionError } from "./connection-error.ts";
import { parseDestination } from "./destination.ts";

/**
 * The allow-list for calls that Postern makes on its own account to a URL that the operator set: that URL's origin and nothing
 * else. A list of its own for each URL, instead of one that grows: a project's health URL opens no way for users' URLs.
 * @throws {ConnectionError} INVALID_FIELDS, or BLOCKED_ADDRESS for an address that is never called, metadata services above all.
 */
export function allowOperatorUrl(url: string): AllowList {
  if (!URL.canParse(url)) throw new ConnectionError("INVALID_FIELDS", "VALIDATE", "The URL is not an http or https URL.");
  const allowList = parseAllowList([], [url]);
  parseDestination(url, allowList);
  return allowList;
}
