import type { ValidationRule } from "graphql";
import type { Config } from "../../config.ts";
import { limitAliases } from "./aliases.ts";
import { limitDepth } from "./depth.ts";
import { limitDirectives } from "./directives.ts";
import { limitDuplicates } from "./duplicates.ts";
import { limitFragments } from "./fragments.ts";
import { limitOperations } from "./operations.ts";
import { limitSelections } from "./selections.ts";
import { limitSingleUse } from "./single-use.ts";
import { limitVariables } from "./variables.ts";

/** How large a document may be. */
export type DocumentLimits = Pick<
  Config,
  | "GRAPHQL_TOKENS"
  | "GRAPHQL_DEPTH"
  | "GRAPHQL_ALIASES"
  | "GRAPHQL_DUPLICATES"
  | "GRAPHQL_DIRECTIVES"
  | "GRAPHQL_FRAGMENTS"
  | "GRAPHQL_VARIABLES"
  | "GRAPHQL_OPERATIONS"
  | "GRAPHQL_SELECTIONS"
>;

/**
 * The limits as validation rules; tokens are counted by the parser, cost once the variables are known. They belong before
 * the rules of the specification: each visits a document once, whatever its fragments multiply to, and what they let
 * through is small enough for the others.
 */
export function createLimitRules(limits: DocumentLimits): readonly ValidationRule[] {
  return [
    limitOperations(limits.GRAPHQL_OPERATIONS),
    limitFragments(limits.GRAPHQL_FRAGMENTS),
    limitVariables(limits.GRAPHQL_VARIABLES),
    limitDirectives(limits.GRAPHQL_DIRECTIVES),
    limitAliases(limits.GRAPHQL_ALIASES),
    limitDuplicates(limits.GRAPHQL_DUPLICATES),
    limitSelections(limits.GRAPHQL_SELECTIONS),
    limitSingleUse(),
    limitDepth(limits.GRAPHQL_DEPTH),
  ];
}
