import { hash } from "node:crypto";
import { type DocumentNode, type GraphQLSchema, parse, specifiedRules, validate } from "graphql";
import { LRUCache } from "lru-cache";
import { createLimitRules, type DocumentLimits } from "./limits/limits.ts";

/** The documents that were found valid, so that a client's constant texts are checked once. */
export type Documents = {
  /**
   * The parsed document of a text that is within the limits and fits the schema.
   * @throws {GraphQLError} the first thing that is wrong with it
   */
  check(text: string): DocumentNode;
  /** A document that was checked, by its text's SHA-256 in hexadecimal digits. */
  find(digest: string): DocumentNode | undefined;
};

const MAX_DOCUMENTS = 500;
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** The SHA-256 of a document's text, in hexadecimal digits. */
export function digestOf(text: string): string {
  return hash("sha256", text, "hex");
}

/** Documents of a schema within limits. */
export function createDocuments(schema: GraphQLSchema, limits: DocumentLimits): Documents {
  const known = new LRUCache<string, DocumentNode>({ max: MAX_DOCUMENTS, maxSize: MAX_CHARACTERS });
  // The limits come first, and alone: what they refuse costs the specification's rules nothing.
  const passes = [createLimitRules(limits), specifiedRules];
  return {
    check: (text) => {
      const digest = digestOf(text);
      const found = known.get(digest);
      if (found !== undefined) return found;
      const document = parse(text, { maxTokens: limits.GRAPHQL_TOKENS });
      for (const rules of passes) {
        const [error] = validate(schema, document, rules, { maxErrors: 1, hideSuggestions: true });
        if (error !== undefined) throw error;
      }
      known.set(digest, document, { size: Math.max(1, text.length) });
      return document;
    },
    find: (digest) => known.get(digest),
  };
}
