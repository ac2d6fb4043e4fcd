import { Button, LinkButton } from "../../parts/button.tsx";
import { Loaded, Page, Stack } from "../../parts/page.tsx";
import { EmptyState, Skeleton } from "../../parts/surface.tsx";
import { Table } from "../../parts/table.tsx";
import { texts } from "../../texts/texts.ts";
import { ExportProgress } from "./export-progress.tsx";
import { RowFilters } from "./row-filters.tsx";
import type { RowList } from "./row-list.ts";
import { RowPager } from "./row-pager.tsx";
import { useExport } from "./use-export.ts";
import { PER_PAGE, useRows } from "./use-rows.ts";

const words = texts.rows;

/** Synced rows: searched and paged by the gateway, exported as a whole. */
export function RowPage<Data, Row, CountData, ExportData, Line>({
  list,
}: {
  readonly list: RowList<Data, Row, CountData, ExportData, Line>;
}) {
  const { credentialId, typed, setTyped, search, order, sorted, filter, pager, change, rows, page } = useRows(list);
  const exporting = useExport(list);
  return (
    <Page
      title={list.title}
      description={list.description}
      actions={
        page !== undefined &&
        page.nodes.length > 0 && (
          <Button icon="download" isBusy={exporting.done !== null} onClick={() => void exporting.start({ ...filter, ...sorted })}>
            {words.export.start}
          </Button>
        )
      }
    >
      <Stack>
        <RowFilters
          label={list.search}
          search={typed}
          onSearch={setTyped}
          credentialId={credentialId}
          onCredential={(id) => change("credential", id)}
          order={order}
          onOrder={(name) => change("sort", name)}
        />
        <ExportProgress {...exporting} />
        <Loaded from={rows} skeleton={<Skeleton rows={8} />}>
          {(data) => {
            const page = list.pick(data);
            if (page.nodes.length === 0) return <NoRows list={list} search={search} onClear={() => setTyped("")} />;
            return (
              <>
                <Table label={list.title} columns={list.columns} rows={page.nodes} keyOf={list.keyOf} />
                <RowPager
                  key={`${credentialId} ${search}`}
                  list={list}
                  filter={filter}
                  pager={pager}
                  size={PER_PAGE}
                  page={page}
                  isBusy={rows.isStale}
                />
              </>
            );
          }}
        </Loaded>
      </Stack>
    </Page>
  );
}

function NoRows({
  list,
  search,
  onClear,
}: {
  readonly list: { readonly emptyTitle: string; readonly empty: string };
  readonly search: string;
  readonly onClear: () => void;
}) {
  if (search !== "")
    return (
      <EmptyState icon="search" title={words.noneFoundTitle} action={<Button onClick={onClear}>{words.clearSearch}</Button>}>
        {words.noneFound(search)}
      </EmptyState>
    );
  return (
    <EmptyState
      icon="sync"
      title={list.emptyTitle}
      action={
        <LinkButton to="/sync" look="primary" icon="sync">
          {words.toSync}
        </LinkButton>
      }
    >
      {list.empty}
    </EmptyState>
  );
}
