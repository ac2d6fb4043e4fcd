import { useCallback } from "react";
import type { Problem } from "../../client/problem.ts";
import { useAction } from "../../client/use-data.ts";
import { type SaveCredentialInput, TestFieldsDocument, type TestResultFragment } from "../../gql/graphql.ts";
import { showSteps, type TestProgress } from "./test-ladder.tsx";

export type TestOutcome = {
  readonly result: TestResultFragment | null;
  readonly userErrors: ReadonlyArray<{
    readonly code: string;
    readonly field?: string | null | undefined;
    readonly message: string;
  }>;
  readonly problem: Problem | null;
};

/** Tries fields at the connector's system without storing them; tells `onProgress` how far it is. */
export function useConnectionTest() {
  const { run } = useAction(TestFieldsDocument);
  return useCallback(
    async (
      connector: string,
      fields: SaveCredentialInput["fields"],
      onProgress: (progress: TestProgress) => void,
    ): Promise<TestOutcome> => {
      const isPlain = isPlainHttp(fields.map(({ value }) => value));
      onProgress({ reached: null, result: null, isPlain });
      const { data, problem } = await run({ connector, fields });
      const result = data?.testCredential?.connectionTest ?? null;
      if (result !== null) await showSteps(result, isPlain, onProgress);
      return { result, userErrors: data?.testCredential?.userErrors ?? [], problem };
    },
    [run],
  );
}

/** Whether a system with these values is called without TLS. */
export function isPlainHttp(values: ReadonlyArray<string | null | undefined>): boolean {
  return values.some((value) => value?.startsWith("http://"));
}
