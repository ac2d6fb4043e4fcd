import { isUtf8 } from "node:buffer";
import type { FastifyRequest } from "fastify";
import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import { refusal } from "./error-reply.ts";

export type JsonLimits = Pick<Config, "JSON_DEPTH" | "JSON_MEMBERS">;

/** Names that reach an object's prototype when somebody copies members without care. */
const POISONOUS: ReadonlySet<string> = new Set(["__proto__", "constructor"]);

/**
 * The value of a JSON body. Two members of one name in one object are refused, whatever their values: which of them counts
 * is every parser's own choice, and whoever looked at the body before us may have seen the other.
 * @throws {GatewayError} BAD_USER_INPUT for what is no JSON, too deep, too much, or poisonous
 */
export function parseJsonBody(text: string, limits: JsonLimits): unknown {
  const value = parse(text);
  if (countMembers(value, limits) !== countMemberNames(text)) throw refuse("has two members of one name");
  return value;
}

/** A parser of JSON bodies for Fastify, which takes their bytes: read as a text, what is no UTF-8 would come in as other characters. */
export function createJsonParser(limits: JsonLimits) {
  return (_request: FastifyRequest, body: Buffer, done: (error: Error | null, value?: unknown) => void) => {
    try {
      if (!isUtf8(body)) throw refuse("is not UTF-8");
      done(null, parseJsonBody(body.toString(), limits));
    } catch (error) {
      done(error as Error);
    }
  };
}

/** The refusal of what is no JSON, or none that anybody means well with: in the words of every malformed request. */
function malformed(): GatewayError {
  return new GatewayError("BAD_USER_INPUT", refusal(400).message);
}

function refuse(complaint: string): GatewayError {
  return new GatewayError("BAD_USER_INPUT", `The request body ${complaint}.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed();
  }
}

/** How many members the objects in a value have together. Without recursion: depth is what is being limited. */
function countMembers(root: unknown, { JSON_DEPTH, JSON_MEMBERS }: JsonLimits): number {
  let members = 0;
  let elements = 0;
  let level: object[] = isContainer(root) ? [root] : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > JSON_DEPTH) throw refuse(`is nested deeper than ${JSON_DEPTH} levels`);
    const next: object[] = [];
    for (const container of level) {
      const names = Array.isArray(container) ? null : Object.keys(container);
      if (names === null) elements += (container as unknown[]).length;
      else members += names.length;
      if (members + elements > JSON_MEMBERS) throw refuse(`has more than ${JSON_MEMBERS} members and elements`);
      if (names?.some((name) => POISONOUS.has(name))) throw malformed();
      for (const value of Object.values(container)) if (isContainer(value)) next.push(value);
    }
    level = next;
  }
  return members;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** How many member names stand in a text that is JSON: strings with a colon behind them. */
function countMemberNames(text: string): number {
  let count = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = endOfString(text, start);
    let next = end + 1;
    while (isSpace(text.charCodeAt(next))) next += 1;
    if (text[next] === ":") count += 1;
    start = text.indexOf('"', next);
  }
  return count;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

/** True for a character with an odd number of backslashes before it. */
function isEscaped(text: string, index: number): boolean {
  let first = index;
  while (text[first - 1] === "\\") first -= 1;
  return (index - first) % 2 === 1;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
