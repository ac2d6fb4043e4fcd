import { useState } from "react";
import { useAction } from "../../client/use-data.ts";
import { type TestResultFragment, TestStoredDocument } from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { Card, Notice } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";
import { showSteps, TestLadder, type TestProgress } from "./test-ladder.tsx";

const words = texts.credentials.test;

/** The last test of a stored credential, and a button to test it again. */
export function StoredTest({
  id,
  lastTest,
  isPlain,
}: {
  readonly id: string;
  readonly lastTest: TestResultFragment | null;
  readonly isPlain: boolean;
}) {
  const testing = useAction(TestStoredDocument);
  const [running, setRunning] = useState<TestProgress | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const test = async () => {
    setProblem(null);
    setRunning({ reached: null, result: null, isPlain });
    const { data, problem } = await testing.run({ id });
    const result = data?.testCredential?.connectionTest ?? null;
    if (result === null) setRunning(null);
    else await showSteps(result, isPlain, setRunning);
    setProblem(problem?.message ?? null);
  };
  const progress = running ?? (lastTest === null ? null : { reached: lastTest.stage, result: lastTest, isPlain });
  return (
    <Card
      title={words.title}
      actions={
        <Button size="small" icon="sync" onClick={() => void test()} isBusy={testing.isRunning}>
          {progress === null ? texts.credentials.form.test : words.again}
        </Button>
      }
    >
      {problem !== null && (
        <Notice tone="bad" isAlert>
          {problem}
        </Notice>
      )}
      {progress === null ? <p>{words.none}</p> : <TestLadder progress={progress} />}
    </Card>
  );
}
