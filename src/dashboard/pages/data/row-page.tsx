import { useState } from "react";
import { useSearchParams } from "react-router";
import { useData } from "../../client/use-data.ts";
import { usePager } from "../../client/use-pager.ts";
import { useAllPages } from "../../client/use-pages.ts";
import { OdooCredentialsDocument } from "../../gql/graphql.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { SearchField, SelectField } from "../../parts/field.tsx";
import { Loaded, Page, Stack } from "../../parts/page.tsx";
import { Pager } from "../../parts/pager.tsx";
import { ProgressBar } from "../../parts/progress.tsx";
import { Card, EmptyState, Notice, Skeleton } from "../../parts/surface.tsx";
import { Filters, Table } from "../../parts/table.tsx";
import { useDebounced } from "../../parts/use-debounced.ts";
import { texts } from "../../texts/texts.ts";
import { CredentialOptions } from "../sync/credential-options.tsx";
import { ORDER_NAMES, orderNamed } from "./orders.ts";
import type { RowList } from "./row-list.ts";
import { useExport } from "./use-export.ts";

const words = texts.rows;
const PER_PAGE = 50;

/** Synced rows: searched and paged by the gateway, exported as a whole. */
export function RowPage<Data, Row, ExportData, Line>({ list }: { readonly list: RowList<Data, Row, ExportData, Line> }) {
  const [address, setAddress] = useSearchParams();
  const credentialId = address.get("credential");
  const [typed, setTyped] = useState("");
  const search = useDebounced(typed.trim());
  const { name: order, sort, direction } = orderNamed(address.get("sort"));
  const credential = credentialId === null ? null : { id: credentialId };
  const filter = { search: search === "" ? null : search, credential, sort, direction };
  const pager = usePager(`${credentialId} ${order} ${search}`);
  const change = (name: "credential" | "sort", value: string) =>
    setAddress((before) => new URLSearchParams([...[...before].filter(([each]) => each !== name), [name, value]]), {
      replace: true,
    });
  const rows = useData(list.document, { first: PER_PAGE, after: pager.after, ...filter }, { of: [list.typename, "SyncRun"] });
  const exporting = useExport(list);
  const total = rows.data === undefined ? 0 : list.pick(rows.data).totalCount;
  return (
    <Page
      title={list.title}
      description={list.description}
      actions={
        total > 0 && (
          <Button icon="download" isBusy={exporting.done !== null} onClick={() => void exporting.start(filter)}>
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
        <ExportProgress done={exporting.done} problem={exporting.problem} total={total} onStop={exporting.stop} />
        <Loaded from={rows} skeleton={<Skeleton rows={8} />}>
          {(data) => {
            const page = list.pick(data);
            if (page.nodes.length === 0) return <NoRows list={list} search={search} onClear={() => setTyped("")} />;
            return (
              <>
                <Table label={list.title} columns={list.columns} rows={page.nodes} keyOf={list.keyOf} />
                <Pager pager={pager} size={PER_PAGE} of={page} isBusy={rows.isStale} />
              </>
            );
          }}
        </Loaded>
      </Stack>
    </Page>
  );
}

function RowFilters({
  label,
  search,
  onSearch,
  credentialId,
  onCredential,
  order,
  onOrder,
}: {
  readonly label: string;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly credentialId: string | null;
  readonly onCredential: (id: string) => void;
  readonly order: string;
  readonly onOrder: (name: string) => void;
}) {
  const { rows: sources } = useAllPages(OdooCredentialsDocument, ({ credentials }) => credentials);
  const standard = sources.find(({ isDefault }) => isDefault) ?? sources[0];
  return (
    <Filters>
      <SearchField label={label} value={search} onChange={({ target }) => onSearch(target.value)} />
      {sources.length > 1 && (
        <SelectField
          label={words.credential}
          value={credentialId ?? standard?.id ?? ""}
          onChange={({ target }) => onCredential(target.value)}
        >
          <CredentialOptions sources={sources} />
        </SelectField>
      )}
      <SelectField label={words.order} value={order} onChange={({ target }) => onOrder(target.value)}>
        {ORDER_NAMES.map((name) => (
          <option key={name} value={name}>
            {words.orders[name]}
          </option>
        ))}
      </SelectField>
    </Filters>
  );
}

function ExportProgress({
  done,
  problem,
  total,
  onStop,
}: {
  readonly done: number | null;
  readonly problem: string | null;
  readonly total: number;
  readonly onStop: () => void;
}) {
  if (problem !== null)
    return (
      <Notice tone="bad" title={texts.problems.title} isAlert>
        {problem}
      </Notice>
    );
  if (done === null) return null;
  const text = words.export.progress(done, total);
  return (
    <Card
      title={words.export.title}
      description={words.export.safe}
      actions={
        <Button size="small" icon="close" onClick={onStop}>
          {words.export.stop}
        </Button>
      }
    >
      <ProgressBar label={words.export.title} share={total === 0 ? null : done / total} text={text} />
      <p>{text}</p>
    </Card>
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
