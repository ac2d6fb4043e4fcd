import { useDeferredValue, useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useAllPages } from "../../client/use-pages.ts";
import { usePrefetch } from "../../client/use-prefetch.ts";
import {
  CredentialByIdDocument,
  type CredentialStatus,
  CredentialsDocument,
  type ListedCredentialFragment,
} from "../../gql/graphql.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { SearchField, SelectField } from "../../parts/field.tsx";
import { Page, Stack } from "../../parts/page.tsx";
import { Badge, EmptyState, Notice, Skeleton } from "../../parts/surface.tsx";
import { type Column, Filters, ShowMore, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./credentials.module.css";
import { StatusBadge } from "./status-badge.tsx";

const words = texts.credentials;
const STEP = 50;

type Row = ListedCredentialFragment;
type Filter = { readonly search: string; readonly connector: string; readonly status: string };

/** The viewer's credentials; all are here at once, so search and filters answer as one types. */
export function CredentialsPage() {
  const { rows, totalCount, isLoading, problem, reload } = useAllPages(CredentialsDocument, ({ credentials }) => credentials);
  const isEmpty = !isLoading && problem === null && rows.length === 0;
  return (
    <Page
      title={words.title}
      description={words.description}
      actions={
        <LinkButton to="/credentials/new" look="primary" icon="plus">
          {words.add}
        </LinkButton>
      }
    >
      <Stack>
        {problem !== null && (
          <Notice
            tone="bad"
            title={texts.problems.title}
            isAlert
            action={<Button onClick={reload}>{texts.actions.retry}</Button>}
          >
            {problem.message}
          </Notice>
        )}
        {isLoading && rows.length === 0 && <Skeleton rows={6} />}
        {isEmpty && <NoCredentials />}
        {rows.length > 0 && <CredentialList rows={rows} totalCount={totalCount} isLoading={isLoading} />}
      </Stack>
    </Page>
  );
}

function NoCredentials() {
  return (
    <EmptyState
      icon="key"
      title={words.emptyTitle}
      action={
        <LinkButton to="/credentials/new" look="primary" icon="plus">
          {words.add}
        </LinkButton>
      }
    >
      {words.empty}
    </EmptyState>
  );
}

type ListProps = { readonly rows: readonly Row[]; readonly totalCount: number; readonly isLoading: boolean };

function CredentialList({ rows, totalCount, isLoading }: ListProps) {
  const [search, setSearch] = useSearchParams();
  const filter = {
    search: search.get("search") ?? "",
    connector: search.get("connector") ?? "",
    status: search.get("status") ?? "",
  };
  const [limit, setLimit] = useState(STEP);
  const change = (name: keyof Filter, value: string) => {
    setLimit(STEP);
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === "") next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  const found = useFound(rows, filter);
  return (
    <>
      <ListFilters rows={rows} filter={filter} onChange={change} />
      {found.length === 0 ? (
        <EmptyState
          icon="search"
          title={words.noneFoundTitle}
          action={<Button onClick={() => setSearch({}, { replace: true })}>{words.clearFilters}</Button>}
        >
          {words.noneFound}
        </EmptyState>
      ) : (
        <Table label={words.title} columns={COLUMNS} rows={found.slice(0, limit)} keyOf={({ id }) => id} />
      )}
      <ShowMore
        text={isLoading ? words.loadingMore(rows.length, totalCount) : words.shown(Math.min(limit, found.length), found.length)}
        hasMore={found.length > limit}
        isBusy={false}
        onMore={() => setLimit(limit + STEP)}
      />
    </>
  );
}

/** What fits, those that need somebody first, else by system and label. */
function useFound(rows: readonly Row[], filter: Filter): readonly Row[] {
  const search = useDeferredValue(filter.search.trim().toLowerCase());
  const { connector, status } = filter;
  return useMemo(() => {
    const found = rows.filter(
      (row) =>
        (connector === "" || row.connector.id === connector) &&
        (status === "" || row.status === status) &&
        (search === "" ||
          `${row.connector.name}\n${row.connector.id}\n${row.label}\n${row.project}`.toLowerCase().includes(search)),
    );
    const rank = (row: Row) => (row.status === "VALID" || row.status === "UNTESTED" || row.status === "UNREACHABLE" ? 1 : 0);
    return found.sort((one, other) => rank(one) - rank(other) || one.connector.name.localeCompare(other.connector.name));
  }, [rows, search, connector, status]);
}

function ListFilters({
  rows,
  filter,
  onChange,
}: {
  readonly rows: readonly Row[];
  readonly filter: Filter;
  readonly onChange: (name: keyof Filter, value: string) => void;
}) {
  const connectors = useMemo(() => [...new Map(rows.map(({ connector }) => [connector.id, connector.name]))], [rows]);
  const { filters } = words;
  return (
    <Filters>
      <SearchField label={filters.search} value={filter.search} onChange={({ target }) => onChange("search", target.value)} />
      <SelectField
        label={filters.connector}
        value={filter.connector}
        onChange={({ target }) => onChange("connector", target.value)}
      >
        <option value="">{filters.allConnectors}</option>
        {connectors.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField label={filters.status} value={filter.status} onChange={({ target }) => onChange("status", target.value)}>
        <option value="">{filters.allStatuses}</option>
        {Object.entries(words.statuses).map(([status, name]) => (
          <option key={status} value={status satisfies string as CredentialStatus}>
            {name}
          </option>
        ))}
      </SelectField>
    </Filters>
  );
}

function CredentialLink({ id, connector, label }: Pick<Row, "id" | "connector" | "label">) {
  const intent = usePrefetch(CredentialByIdDocument, { id });
  return (
    <Link to={`/credentials/${id}`} {...intent}>
      {connector.name} <span className={styles.label}>{label}</span>
    </Link>
  );
}

const COLUMNS: ReadonlyArray<Column<Row>> = [
  {
    key: "credential",
    title: words.columns.credential,
    cell: ({ id, label, connector, isDefault, source }) => (
      <div className={styles.name}>
        <CredentialLink id={id} connector={connector} label={label} />
        {isDefault && (
          <Badge tone="info" icon="star">
            {words.isDefault}
          </Badge>
        )}
        {source === "SYSTEM" && (
          <Badge tone="neutral" icon="people">
            {words.isSystem}
          </Badge>
        )}
      </div>
    ),
  },
  {
    key: "project",
    title: words.columns.project,
    cell: ({ project }) => (project === "" ? <span className={styles.soft}>{words.anyProject}</span> : project),
  },
  { key: "status", title: words.columns.status, cell: (row) => <StatusBadge credential={row} /> },
  {
    key: "lastTest",
    title: words.columns.lastTest,
    cell: ({ lastTest }) =>
      lastTest == null ? <span className={styles.soft}>{texts.never}</span> : <Time value={lastTest.testedAt} />,
  },
  {
    key: "lastUse",
    title: words.columns.lastUse,
    cell: ({ lastUsedAt }) =>
      lastUsedAt == null ? <span className={styles.soft}>{texts.never}</span> : <Time value={lastUsedAt} />,
  },
];
