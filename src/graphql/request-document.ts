import type { FastifyRequest } from "fastify";
import { GraphQLError } from "graphql";
import type { Documents } from "./documents.ts";
import { isMembers, type Members, type PersistedOperations, requirePersisted } from "./persisted-operations.ts";

/** A request as Apollo is given it: what was checked, and nothing that would make it look elsewhere for a document. */
export type PreparedRequest = { readonly body: unknown; readonly search: string; readonly refusal: GraphQLError | null };

/** Stands in for a document that is refused, so that the refusal takes the way of every other answer. */
const STAND_IN = "{ __typename }";

/** Checks the documents of requests before anything else looks at them. */
export function createDocumentCheck(documents: Documents, persisted: PersistedOperations | null) {
  return (request: FastifyRequest): PreparedRequest => {
    const queryStart = request.url.indexOf("?");
    const search = queryStart < 0 ? "" : request.url.slice(queryStart);
    const isGet = request.method === "GET";
    const sent = isGet ? readSearch(search) : request.body;
    // What is no request at all is refused by Apollo, in its words.
    if (!isMembers(sent)) return { body: request.body, search, refusal: null };
    try {
      const text = persisted === null ? requireNoPersistedQuery(sent) : requirePersisted(persisted, sent);
      if (typeof text !== "string" || text === "") return { body: request.body, search, refusal: null };
      documents.check(text);
      if (persisted === null) return { body: request.body, search, refusal: null };
      return replaceDocument(sent, text, isGet);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      error.extensions.http = { status: 400 };
      return { ...replaceDocument({}, STAND_IN, isGet), refusal: error };
    }
  };
}

/** The members of a query string; one that is given twice is none, and refused by Apollo. */
function readSearch(search: string): Members {
  const parameters = new URLSearchParams(search);
  const names = [...new Set(parameters.keys())].filter((name) => parameters.getAll(name).length === 1);
  return Object.fromEntries(names.map((name) => [name, parameters.get(name)]));
}

/** Clients that hear this send the text instead. @throws {GraphQLError} for a document by its digest */
function requireNoPersistedQuery({ query, extensions }: Members): unknown {
  if (isMembers(extensions) && extensions.persistedQuery !== undefined) throw new GraphQLError("PersistedQueryNotSupported");
  return query;
}

/** The request with that document, and without what else might name one. */
function replaceDocument(
  { documentId: _id, extensions: _extensions, ...rest }: Members,
  query: string,
  isGet: boolean,
): PreparedRequest {
  const sent = { ...rest, query };
  if (!isGet) return { body: sent, search: "", refusal: null };
  const given = Object.entries(sent).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { body: undefined, search: `?${new URLSearchParams(given)}`, refusal: null };
}
