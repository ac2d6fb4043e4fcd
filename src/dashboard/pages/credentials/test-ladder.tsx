import type { ConnectionStage, TestResultFragment } from "../../gql/graphql.ts";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { Facts, Notice } from "../../parts/surface.tsx";
import { Time } from "../../parts/time.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./test-ladder.module.css";

const words = texts.credentials.test;
const STAGES = Object.keys(words.stages) as ConnectionStage[];

type StepState = keyof typeof words.states;

const ICONS: Readonly<Record<StepState, IconName>> = {
  passed: "checkCircle",
  failed: "cross",
  running: "clock",
  waiting: "more",
  skipped: "more",
};

/** How far a test has come: stages that began, in the order in which they did, and its result once there is one. */
export type TestProgress = { readonly begun: readonly ConnectionStage[]; readonly result: TestResultFragment | null };

function stateOf(stage: ConnectionStage, { begun, result }: TestProgress): StepState {
  const reached = result?.stage ?? begun.at(-1);
  const at = reached === undefined ? -1 : STAGES.indexOf(reached);
  const index = STAGES.indexOf(stage);
  if (index > at) return result?.outcome === "PASSED" ? "skipped" : "waiting";
  if (index === at && result === null) return "running";
  if (index === at && result?.outcome === "FAILED") return "failed";
  // While we watched, a stage that never began was not needed: no TLS without https.
  return begun.length > 0 && !begun.includes(stage) ? "skipped" : "passed";
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
  const title = outcome === "PASSED" ? words.passed : words.failedAt(words.stages[stage]);
  return (
    <div className={styles.verdict}>
      <Notice tone={outcome === "PASSED" ? "ok" : "bad"} title={title}>
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
