import { useCallback, useMemo, useState } from "react";
import { type AnyVariables, type Client, type OperationContext, useClient, useQuery, useSubscription } from "urql";
import type { TypedDocumentString } from "../gql/graphql.ts";
import { confirmation } from "../session/confirmation.ts";
import { type Problem, problemOf } from "./problem.ts";

type Variables = Record<string, unknown>;

/** A query's data as far as it is known. `data` stays while it is asked for again, so that nothing jumps. */
export type Loadable<Data> = {
  readonly data: Data | undefined;
  readonly problem: Problem | null;
  /** True until the first data or problem. */
  readonly isLoading: boolean;
  /** True while newer data is on its way. */
  readonly isStale: boolean;
  /** Asks again. */
  readonly reload: () => void;
};

export type DataOptions = {
  /** Types whose change makes the data old although an empty list does not show them: `["Credential"]`. */
  readonly of?: readonly string[];
  /** Asks nothing while true. */
  readonly pause?: boolean;
};

/** The data of a query document; asked anew when the page opens, the variables change, or an action changes what it shows. */
export function useData<Data, Given extends Variables>(
  document: TypedDocumentString<Data, Given>,
  variables: Given,
  { of = [], pause = false }: DataOptions = {},
): Loadable<Data> {
  const types = of.join(" ");
  const context = useMemo<Partial<OperationContext>>(
    () => (types === "" ? {} : { additionalTypenames: types.split(" ") }),
    [types],
  );
  const [{ data, error, fetching, stale }, ask] = useQuery<Data, AnyVariables>({
    query: document.toString(),
    variables,
    context,
    pause,
  });
  const reload = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  const problem = useMemo(() => (error === undefined ? null : problemOf(error)), [error]);
  return { data, problem, isLoading: fetching && data === undefined, isStale: stale || fetching, reload };
}

/** What came of an action: its data, or the problem that kept it from being done. */
export type Outcome<Data> = { readonly data: Data; readonly problem: null } | { readonly data: null; readonly problem: Problem };

export type Action<Data, Given> = {
  /** Does it; never rejects. */
  readonly run: (variables: Given) => Promise<Outcome<Data>>;
  readonly isRunning: boolean;
};

async function mutate<Data, Given extends Variables>(
  client: Client,
  document: TypedDocumentString<Data, Given>,
  variables: Given,
): Promise<Outcome<Data>> {
  const { data, error } = await client.mutation<Data, AnyVariables>(document.toString(), variables).toPromise();
  return error === undefined ? { data: data as Data, problem: null } : { data: null, problem: problemOf(error) };
}

/** A mutation document as an action of a page; asks for the password first where the gateway wants that. */
export function useAction<Data, Given extends Variables>(document: TypedDocumentString<Data, Given>): Action<Data, Given> {
  const client = useClient();
  const [running, setRunning] = useState(0);
  const run = useCallback(
    async (variables: Given): Promise<Outcome<Data>> => {
      setRunning((count) => count + 1);
      try {
        const outcome = await mutate(client, document, variables);
        // The act was not done: it is done once the person has said that it is them.
        const isRefused = outcome.problem?.code === "REAUTHENTICATION_REQUIRED" && (await confirmation.ask());
        return isRefused ? await mutate(client, document, variables) : outcome;
      } finally {
        setRunning((count) => count - 1);
      }
    },
    [client, document],
  );
  return { run, isRunning: running > 0 };
}

/** The newest event of a subscription, and the problem that broke it; the page then asks by `useData` instead. */
export function useLive<Data, Given extends Variables>(
  document: TypedDocumentString<Data, Given>,
  variables: Given,
  pause = false,
): { readonly data: Data | undefined; readonly problem: Problem | null } {
  const [{ data, error }] = useSubscription<Data, Data, AnyVariables>({ query: document.toString(), variables, pause });
  return { data, problem: error === undefined ? null : problemOf(error) };
}
