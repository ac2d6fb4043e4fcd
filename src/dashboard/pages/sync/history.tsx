import { Link } from "react-router";
import type { Loadable } from "../../client/use-data.ts";
import type { PagerState } from "../../client/use-pager.ts";
import type { RunRowFragment, SyncResource, SyncRunsQuery } from "../../gql/graphql.ts";
import { durationText } from "../../parts/duration.ts";
import { SelectField } from "../../parts/field.tsx";
import { Loaded, Stack } from "../../parts/page.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Badge, EmptyState, Skeleton, type Tone } from "../../parts/surface.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { texts } from "../../texts/texts.ts";
import { whatOf } from "./live-run.tsx";
import { RunsChart } from "./runs-chart.tsx";
import styles from "./sync.module.css";
import { isOpen } from "./use-run.ts";

const words = texts.sync.history;

/** Runs on a page of the history. */
export const RUNS_PER_PAGE = 30;

const TONES: Readonly<Record<RunRowFragment["status"], Tone>> = {
  QUEUED: "neutral",
  RUNNING: "info",
  SUCCEEDED: "ok",
  FAILED: "bad",
  CANCELLED: "warn",
};

/** The runs until now, newest first, with a chart of the page that is shown. */
export function History({
  runs,
  pager,
  resource,
  onResource,
}: {
  readonly runs: Loadable<SyncRunsQuery>;
  readonly pager: PagerState;
  readonly resource: SyncResource | null;
  readonly onResource: (resource: SyncResource | null) => void;
}) {
  return (
    <Stack>
      <div className={styles.historyHead}>
        <h2>{words.title}</h2>
        <SelectField
          label={words.resource}
          value={resource ?? ""}
          onChange={({ target }) => onResource(target.value === "" ? null : (target.value as SyncResource))}
        >
          <option value="">{words.all}</option>
          <option value="CONTACTS">{texts.sync.resources.CONTACTS}</option>
          <option value="PRODUCTS">{texts.sync.resources.PRODUCTS}</option>
        </SelectField>
      </div>
      <Loaded from={runs} skeleton={<Skeleton rows={4} />}>
        {({ syncRuns }) =>
          syncRuns.nodes.length === 0 ? (
            <NoRuns isFiltered={resource !== null} />
          ) : (
            <>
              <RunsChart runs={syncRuns.nodes} />
              <Table label={words.title} columns={COLUMNS} rows={syncRuns.nodes} keyOf={({ id }) => id} />
              <Pager pager={pager} size={RUNS_PER_PAGE} of={syncRuns} isBusy={runs.isStale} />
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

function NoRuns({ isFiltered }: { readonly isFiltered: boolean }) {
  const { noRunsTitle, noRuns, noneFoundTitle, noneFound } = texts.sync;
  return (
    <EmptyState icon={isFiltered ? "search" : "sync"} title={isFiltered ? noneFoundTitle : noRunsTitle}>
      {isFiltered ? noneFound : noRuns}
    </EmptyState>
  );
}

/** Why a run failed, in words, and what to do about it. */
function Failure({ run }: { readonly run: RunRowFragment }) {
  const { errorCode, errorMessage, credential } = run;
  return (
    <p className={styles.failure}>
      {errorMessage} {errorCode != null && texts.credentials.test.advice[errorCode]}{" "}
      {errorCode === "CREDENTIAL_REJECTED" && credential != null && (
        <Link to={`/credentials/${credential.id}/edit`}>{texts.actions.edit}</Link>
      )}
    </p>
  );
}

function durationOf({ startedAt, finishedAt }: RunRowFragment): string {
  if (startedAt == null || finishedAt == null) return words.notYet;
  return durationText(new Date(finishedAt).getTime() - new Date(startedAt).getTime());
}

const COLUMNS: ReadonlyArray<Column<RunRowFragment>> = [
  {
    key: "what",
    title: words.columns.what,
    cell: (run) => (
      <div className={styles.what}>
        <strong>{whatOf(run)}</strong>
        {run.isFull && <span className={styles.soft}>{words.full}</span>}
        {run.status === "FAILED" && <Failure run={run} />}
      </div>
    ),
  },
  {
    key: "status",
    title: words.columns.status,
    cell: ({ status }) => (
      <Badge tone={TONES[status]} icon={status === "RUNNING" ? "sync" : undefined}>
        {texts.sync.statuses[status]}
      </Badge>
    ),
  },
  { key: "when", title: words.columns.when, cell: ({ createdAt }) => <Time value={createdAt} /> },
  { key: "duration", title: words.columns.duration, isNumber: true, cell: durationOf },
  {
    key: "rows",
    title: words.columns.rows,
    isNumber: true,
    cell: (run) => (isOpen(run) ? words.notYet : run.processed.toLocaleString("en")),
  },
  {
    key: "changes",
    title: words.columns.changes,
    cell: (run) => (isOpen(run) ? words.notYet : words.changes(run.created, run.updated, run.deleted)),
  },
];
