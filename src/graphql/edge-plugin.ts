import type { ApolloServerPlugin, GraphQLRequestListener } from "@apollo/server";
import { GraphQLError, OperationTypeNode } from "graphql";
import type { Config } from "../config.ts";
import { deadlineMsOf } from "./deadline.ts";
import { operationFailureOf, recordErrors } from "./error-format.ts";
import { requireIntrospection } from "./introspection.ts";
import type { EdgeContext } from "./request-context.ts";

/** A stream of answers has no place in one answer: execution would fail on it as if Postern were broken. */
function requireNoSubscription(type: OperationTypeNode | undefined): void {
  if (type !== OperationTypeNode.SUBSCRIPTION) return;
  throw new GraphQLError("Subscriptions are streamed; send them to /graphql/stream.", { extensions: { http: { status: 400 } } });
}

/** What is decided per request although the document was checked before: introspection, the deadline, and what errors tell. */
export function createEdgePlugin(introspection: Config["INTROSPECTION"]): ApolloServerPlugin<EdgeContext> {
  const listener: GraphQLRequestListener<EdgeContext> = {
    async didResolveOperation({ document, operation, contextValue: { viewer, deadline } }) {
      requireNoSubscription(operation?.operation);
      requireIntrospection(introspection, viewer, document);
      deadline.start(deadlineMsOf(document));
    },
    async didEncounterErrors({ errors, contextValue: { viewer, log } }) {
      recordErrors(errors, viewer.origin.correlationId, log);
    },
    async willSendResponse({ errors = [], response: { body, http } }) {
      const wait = errors.map((error) => operationFailureOf(error).retryAfterSeconds ?? 0);
      if (wait.some((seconds) => seconds > 0)) http.headers.set("retry-after", String(Math.max(...wait)));
      if (body.kind !== "single" || body.singleResult.data !== undefined) return;
      // One reason to refuse a document is enough; a hundred would tell an attacker more than a client.
      body.singleResult.errors = body.singleResult.errors?.slice(0, 1);
    },
  };
  return { requestDidStart: async () => listener };
}
