import { type DocumentNode, type GraphQLError, Kind, type OperationDefinitionNode, type SelectionNode } from "graphql";
import type { Counter, Histogram } from "../observability/cells.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { Tracing } from "../observability/tracing.ts";
import { selectionsOf } from "./document-fields.ts";
import { operationFailureOf } from "./error-format.ts";

/** Counts what an operation came to, for each field of the root type that it asked for. */
export type OperationMetrics = {
  /** `operation` is undefined when the document was refused before one was found. */
  note(
    document: DocumentNode | undefined,
    operation: OperationDefinitionNode | undefined,
    errors: readonly GraphQLError[],
    milliseconds: number,
  ): void;
};

type RootField = { readonly key: string; readonly field: string; readonly succeeded: Counter; readonly seconds: Histogram };

/** A document that was refused as such has no operation that the schema knows. */
const NONE = "none";

export type OperationTelemetry = {
  readonly metrics: Pick<Metrics, "operations" | "noteRefusal">;
  /** The operation's span is the one under way. */
  readonly tracing?: Tracing | null;
};

/**
 * Operation metrics. Labels are the schema's: a document is asked only after it was found to fit the schema, by fields and not
 * by what clients call things. Cells are looked up once for each checked document.
 */
export function createOperationMetrics({ metrics, tracing = null }: OperationTelemetry): OperationMetrics {
  const { noteRefusal } = metrics;
  const { counts, seconds } = metrics.operations;
  const known = new WeakMap<OperationDefinitionNode, readonly RootField[]>();

  const rootFieldsOf = (document: DocumentNode, operation: OperationDefinitionNode): readonly RootField[] => {
    const found = known.get(operation);
    if (found !== undefined) return found;
    const kind = operation.operation;
    const fields = [...collectFields(document, operation.selectionSet.selections)].map(([key, field]) => ({
      key,
      field,
      succeeded: counts.of(kind, field, "OK"),
      seconds: seconds.of(kind, field),
    }));
    known.set(operation, fields);
    return fields;
  };

  return {
    note: (document, operation, errors, milliseconds) => {
      for (const error of errors) {
        const { reason } = operationFailureOf(error);
        if (reason !== undefined) noteRefusal(reason);
      }
      if (document === undefined || operation === undefined) {
        counts.of(NONE, NONE, operationFailureOf(errors[0]).code).add();
        return;
      }
      if (tracing !== null) annotate(tracing, operation, rootFieldsOf(document, operation), errors);
      for (const { key, field, succeeded, seconds: spent } of rootFieldsOf(document, operation)) {
        spent.observe(milliseconds / 1_000);
        const error = errors.length === 0 ? undefined : errors.find(({ path }) => path === undefined || path[0] === key);
        if (error === undefined) succeeded.add();
        else counts.of(operation.operation, field, operationFailureOf(error).code).add();
      }
    },
  };
}

function annotate(
  tracing: Tracing,
  { operation: kind }: OperationDefinitionNode,
  rootFields: readonly RootField[],
  [error]: readonly GraphQLError[],
): void {
  const fields = rootFields.map(({ field }) => field).join(" ");
  const attributes = { "graphql.operation.type": kind, "graphql.operation.fields": fields };
  tracing.annotate(`${kind} ${fields}`, attributes, error === undefined ? null : operationFailureOf(error).code);
}

/** The fields of the root type, by the keys that the answer gives them. Fragments cannot be circles: the document was checked. */
function collectFields(
  document: DocumentNode,
  selections: readonly SelectionNode[],
  found = new Map<string, string>(),
): Map<string, string> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) found.set(selection.alias?.value ?? selection.name.value, selection.name.value);
    else collectFields(document, selectionsOf(document, selection), found);
  }
  return found;
}
