import type { ValidationRule } from "graphql";
import { limitAliases } from "./aliases.ts";
import { limitDepth } from "./depth.ts";
import { limitDirectives } from "./directives.ts";
import { limitDuplicates } from "./duplicates.ts";
import { limitFragments } from "./fragments.ts";
import { limitOperations } from "./operations.ts";
import { limitSingleUse } from "./single-use.ts";
import { limitVariables } from "./variables.ts";

/** How large a document may be. Selections are counted with every fragment written out where it is spread. */
export const LIMITS = {
  bodyBytes: 256 * 1024,
  tokens: 1_000,
  recursiveSelections: 500,
  depth: 8,
  aliases: 30,
  duplicates: 50,
  directives: 10,
  fragments: 10,
  variables: 20,
  operations: 5,
} as const;

const SINGLE_USE_FIELDS: ReadonlySet<string> = new Set([
  "register",
  "login",
  "refreshSession",
  "changePassword",
  "revealCredential",
]);

/** The limits as validation rules, the cheapest first; bytes, tokens and recursive selections are counted elsewhere. */
export const LIMIT_RULES: readonly ValidationRule[] = [
  limitOperations(LIMITS.operations),
  limitFragments(LIMITS.fragments),
  limitVariables(LIMITS.variables),
  limitDirectives(LIMITS.directives),
  limitAliases(LIMITS.aliases),
  limitDuplicates(LIMITS.duplicates),
  limitSingleUse(SINGLE_USE_FIELDS),
  limitDepth(LIMITS.depth),
];
