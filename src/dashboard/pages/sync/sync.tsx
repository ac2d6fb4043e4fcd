import { useState } from "react";
import { useData } from "../../client/use-data.ts";
import { usePager } from "../../client/use-pager.ts";
import { useAllPages } from "../../client/use-pages.ts";
import { OdooCredentialsDocument, type SyncResource, SyncRunsDocument } from "../../gql/graphql.ts";
import { LinkButton } from "../../parts/button.tsx";
import { Page, ProblemNotice, Stack } from "../../parts/page.tsx";
import { EmptyState, Skeleton } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";
import { History, RUNS_PER_PAGE } from "./history.tsx";
import { LiveRun } from "./live-run.tsx";
import { StartSync } from "./start.tsx";
import { isOpen } from "./use-run.ts";

const words = texts.sync;

/** Syncs: start one, watch it, and what came of those before. */
export function SyncPage() {
  const sources = useAllPages(OdooCredentialsDocument, ({ credentials }) => credentials);
  const [resource, setResource] = useState<SyncResource | null>(null);
  const pager = usePager(resource ?? "");
  const runs = useData(SyncRunsDocument, { first: RUNS_PER_PAGE, after: pager.after, resource }, { of: ["SyncRun"] });
  // What is under way is seen whatever page or kind of the history is shown.
  const newest = useData(SyncRunsDocument, { first: RUNS_PER_PAGE, after: null, resource: null }, { of: ["SyncRun"] });
  const open = newest.data?.syncRuns.nodes.filter(isOpen) ?? [];
  const reload = () => {
    runs.reload();
    newest.reload();
  };
  const hasNoSource = !sources.isLoading && sources.problem === null && sources.rows.length === 0;
  return (
    <Page title={words.title} description={words.description}>
      <Stack gap="large">
        {sources.problem !== null && <ProblemNotice problem={sources.problem} onRetry={sources.reload} />}
        {sources.isLoading && sources.rows.length === 0 && <Skeleton rows={1} height="11rem" />}
        {hasNoSource && <NoSource />}
        {sources.rows.length > 0 && <StartSync sources={sources.rows} onStart={reload} />}
        {open.map((run) => (
          <LiveRun key={run.id} known={run} onEnd={reload} />
        ))}
        {!(hasNoSource && runs.data?.syncRuns.nodes.length === 0) && (
          <History runs={runs} pager={pager} resource={resource} onResource={setResource} />
        )}
      </Stack>
    </Page>
  );
}

function NoSource() {
  return (
    <EmptyState
      icon="sync"
      title={words.emptyTitle}
      action={
        <LinkButton to="/credentials/new?connector=odoo" look="primary" icon="plus">
          {words.emptyAction}
        </LinkButton>
      }
    >
      {words.empty}
    </EmptyState>
  );
}
