import { useCallback } from "react";
import type { Problem } from "../../client/problem.ts";
import { useAction } from "../../client/use-data.ts";
import { type SaveCredentialInput, TestFieldsDocument, type TestResultFragment } from "../../gql/graphql.ts";
import type { TestProgress } from "./test-ladder.tsx";

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
      onProgress({ begun: ["VALIDATE"], result: null });
      const { data, problem } = await run({ connector, fields });
      const result = data?.testCredential?.connectionTest ?? null;
      if (result !== null) onProgress({ begun: [], result });
      return { result, userErrors: data?.testCredential?.userErrors ?? [], problem };
    },
    [run],
  );
}
