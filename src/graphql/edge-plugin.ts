import type { ApolloServerPlugin, GraphQLRequestListener } from "@apollo/server";
import { GraphQLError, OperationTypeNode } from "graphql";
import type { Config } from "../config.ts";
import { deadlineMsOf } from "./deadline.ts";
import { operationFailureOf, recordErrors } from "./error-format.ts";
import type { OperationMetrics } from "./operation-metrics.ts";
import type { EdgeContext } from "./request-context.ts";
import { requireRunnable } from "./runnable-operation.ts";

/** A stream of answers has no place in one answer: execution would fail on it as if Postern were broken. */
function requireNoSubscription(type: OperationTypeNode | undefined): void {
  if (type !== OperationTypeNode.SUBSCRIPTION) return;
  throw new GraphQLError("Subscriptions are streamed; send them to /graphql/stream.", { extensions: { http: { status: 400 } } });
}

/** What is decided per request although the document was checked before: introspection, cost, the deadline, and what errors tell. */
export function createEdgePlugin(config: Config, metrics: OperationMetrics): ApolloServerPlugin<EdgeContext> {
  const listener: GraphQLRequestListener<EdgeContext> = {
    async didResolveOperation({ schema, document, operation, request, contextValue }) {
      const { viewer, deadline, refusal } = contextValue;
      if (refusal !== null) throw refusal;
      requireNoSubscription(operation?.operation);
      requireRunnable({ schema, document, operation, variables: request.variables, viewer }, config);
      const milliseconds = deadlineMsOf(document, config.OPERATION_SECONDS);
      deadline.start(milliseconds, operation?.operation === OperationTypeNode.MUTATION);
      // Else a caller who gave up would have their place taken for minutes, and who tries again would have none left.
      if (milliseconds > config.OPERATION_SECONDS * 1_000) contextValue.endWithCaller();
    },
    async didEncounterErrors({ errors, contextValue: { viewer, log } }) {
      recordErrors(errors, viewer.origin.correlationId, log);
    },
    async willSendResponse({ document, operation, contextValue, errors = [], response: { body, http } }) {
      const { startedAt, refusal } = contextValue;
      metrics.note(document, refusal === null ? operation : undefined, errors, performance.now() - startedAt);
      const wait = errors.map((error) => operationFailureOf(error).retryAfterSeconds ?? 0);
      if (wait.some((seconds) => seconds > 0)) http.headers.set("retry-after", String(Math.max(...wait)));
      if (body.kind !== "single" || body.singleResult.data !== undefined) return;
      // One reason to refuse a document is enough; a hundred would tell an attacker more than a client.
      body.singleResult.errors = body.singleResult.errors?.slice(0, 1);
    },
  };
  return { requestDidStart: async () => listener };
}
