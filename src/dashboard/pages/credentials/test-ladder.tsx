import type { ConnectionStage, TestResultFragment } from "../../gql/graphql.ts";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { Facts, Notice } from "../../parts/surface.tsx";
import { Time } from "../../parts/time.tsx";
import { texts } from "../../texts/texts.ts";
import { isNeverTried } from "./status-badge.tsx";
import styles from "./test-ladder.module.css";

const words = texts.credentials.test;
const STAGES = Object.keys(words.stages) as ConnectionStage[];

type StepState = keyof typeof words.states;

const ICONS: Readonly<Record<StepState, IconName>> = {
  passed: "checkCircle",
  failed: "cross",
  waiting: "more",
  skipped: "more",
};

/** How far a test is known to have come; `reached` is null while nothing is known yet. */
export type TestProgress = {
  readonly reached: ConnectionStage | null;
  readonly result: TestResultFragment | null;
  /** Over http there is nothing to secure. */
  readonly isPlain: boolean;
};

const STEP_MS = 110;

/**
 * The steps from a result's first stage to its last, for `onProgress` to show one by one. The gateway tells how far a test
 * came when it has ended, and not before: whoever could watch would learn from the clock what answers at an address.
 */
export async function showSteps(
  result: TestResultFragment,
  isPlain: boolean,
  onProgress: (progress: TestProgress) => void,
): Promise<void> {
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const stage of isCalm ? [] : STAGES.slice(0, STAGES.indexOf(result.stage) + 1)) {
    onProgress({ reached: stage, result: null, isPlain });
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  onProgress({ reached: result.stage, result, isPlain });
}

function stateOf(stage: ConnectionStage, { reached, result, isPlain }: TestProgress): StepState {
  const at = reached === null ? -1 : STAGES.indexOf(reached);
  const index = STAGES.indexOf(stage);
  if (isPlain && stage === "TLS") return "skipped";
  if (index > at) return result?.outcome === "PASSED" ? "skipped" : "waiting";
  if (index === at && result?.outcome === "FAILED") return "failed";
  return "passed";
}

/** A connection test stage by stage, what came of it in plain words, and what to do about it. */
export function TestLadder({ progress }: { readonly progress: TestProgress }) {
  const { result } = progress;
  return (
    <div className={styles.ladder}>
      <ol className={styles.steps} aria-label={words.title}>
        {STAGES.map((stage) => {
          const state = stateOf(stage, progress);
          return (
            <li key={stage} className={`${styles.step} ${styles[state]}`}>
              <Icon name={ICONS[state]} />
              <span>{words.stages[stage]}</span>
              <span className={styles.state}>{words.states[state]}</span>
            </li>
          );
        })}
      </ol>
      <div role="status">{result === null ? <p>{words.running}</p> : <Verdict result={result} />}</div>
    </div>
  );
}

function Verdict({ result }: { readonly result: TestResultFragment }) {
  const { outcome, stage, code, message, details, durationMs, testedAt } = result;
  const isTried = !isNeverTried(result);
  const title = outcome === "FAILED" ? words.failedAt(words.stages[stage]) : isTried ? words.passed : words.complete;
  return (
    <div className={styles.verdict}>
      <Notice tone={outcome === "FAILED" ? "bad" : isTried ? "ok" : "info"} title={title}>
        <p>{message}</p>
        {code != null && <p>{words.advice[code]}</p>}
      </Notice>
      {details.length > 0 && <Facts facts={details.map(({ name, value }) => [name.replaceAll("_", " "), value] as const)} />}
      <p className={styles.when}>
        <Time value={testedAt} />, {words.took(durationMs)}
      </p>
    </div>
  );
}
