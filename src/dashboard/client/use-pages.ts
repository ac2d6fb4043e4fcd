import { useCallback, useEffect, useRef, useState } from "react";
import { type AnyVariables, type RequestPolicy, useClient } from "urql";
import type { TypedDocumentString } from "../gql/graphql.ts";
import { type Problem, problemOf } from "./problem.ts";

type Paged = { readonly first: number; readonly after?: string | null | undefined };

/** One page of a connection whose count is asked for elsewhere or not at all. */
export type UncountedPage<Row> = {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
};

/** One page of a connection. */
export type ConnectionPage<Row> = UncountedPage<Row> & { readonly totalCount: number };

export type AllPages<Row> = {
  readonly rows: readonly Row[];
  readonly totalCount: number;
  /** True until every row is here. */
  readonly isLoading: boolean;
  readonly problem: Problem | null;
  readonly reload: () => void;
};

const PAGE_SIZE = 100;

/**
 * All rows of a connection, page after page, for lists that are searched as one types; the first rows show at once.
 * For what can be larger than some thousands of rows, page by the query instead.
 */
export function useAllPages<Data, Row>(
  document: TypedDocumentString<Data, Paged>,
  pick: (data: Data) => ConnectionPage<Row>,
): AllPages<Row> {
  const client = useClient();
  const [loaded, setLoaded] = useState<Omit<AllPages<Row>, "reload">>({
    rows: [],
    totalCount: 0,
    isLoading: true,
    problem: null,
  });
  const run = useRef(0);
  const pickRef = useRef(pick);
  const load = useCallback(
    async (requestPolicy: RequestPolicy, isQuiet: boolean) => {
      run.current += 1;
      const mine = run.current;
      const rows: Row[] = [];
      let after: string | null = null;
      do {
        const variables: Paged = { first: PAGE_SIZE, after };
        const { data, error } = await client
          .query<Data, AnyVariables>(document.toString(), variables as AnyVariables, { requestPolicy })
          .toPromise();
        if (mine !== run.current) return;
        if (data === undefined) {
          const problem = error === undefined ? null : problemOf(error);
          return setLoaded((before) => ({ ...before, isLoading: false, problem }));
        }
        const page: ConnectionPage<Row> = pickRef.current(data);
        rows.push(...page.nodes);
        after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
        if (isQuiet && after !== null) continue;
        setLoaded({ rows: [...rows], totalCount: page.totalCount, isLoading: after !== null, problem: null });
      } while (after !== null);
    },
    [client, document],
  );
  useEffect(() => {
    const isKnown = client.readQuery<Data, AnyVariables>(document.toString(), { first: PAGE_SIZE, after: null }) !== null;
    void (isKnown ? load("cache-first", false).then(() => load("network-only", true)) : load("network-only", false));
    return () => {
      run.current += 1;
    };
  }, [client, document, load]);
  const reload = useCallback(() => void load("network-only", true), [load]);
  return { ...loaded, reload };
}
