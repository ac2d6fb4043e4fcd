import { createClient as createStream } from "graphql-sse";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "urql";
import { fetchInSession, fetchStreamInSession } from "../session/session-fetch.ts";

const streams = createStream({ url: "/graphql/stream", fetchFn: fetchStreamInSession, retryAttempts: 3 });

/** A client with an empty cache: one person's. What is shown at once from the cache is asked for again behind it. */
export function createClient(): Client {
  return new Client({
    url: "/graphql",
    fetch: fetchInSession,
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    exchanges: [
      cacheExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: streams.subscribe(
              { query, variables: variables as Record<string, unknown> },
              {
                next: (value) => sink.next(value as never),
                error: (error) => sink.error(error as Error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
}
