import { type ReactNode, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useData } from "../../client/use-data.ts";
import { usePager } from "../../client/use-pager.ts";
import { ActivityDocument, NamesOfDocument } from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { SelectField } from "../../parts/field.tsx";
import { Loaded, Page, Stack } from "../../parts/page.tsx";
import { Pager } from "../../parts/pager.tsx";
import { EmptyState, Skeleton } from "../../parts/surface.tsx";
import { Filters } from "../../parts/table.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import { AuditTrail } from "./audit-trail.tsx";
import { EventTable } from "./event-table.tsx";
import { actionsOf, EVERYTHING, startOf } from "./kinds.ts";
import { type Event, idsOf, mayHaveName, type Names, nameOf } from "./sentence.ts";

const words = texts.activity;
const PER_PAGE = 50;

/** Parameters of the page's address. */
type FilterName = "kind" | "time" | "by" | "of";

/** What happened, in sentences; for administrators also whether the trail of it is whole. */
export function ActivityPage() {
  const { role } = useUser();
  const [address, setAddress] = useSearchParams();
  const kind = address.get("kind") ?? "";
  const time = address.get("time") ?? "";
  const actorId = address.get("by");
  const targetId = address.get("of");
  const [now] = useState(() => Date.now());
  const filter = { actions: actionsOf(kind), from: startOf(time, now), actorId, targetId };
  const pager = usePager(JSON.stringify([kind, time, actorId, targetId]));
  const events = useData(ActivityDocument, { first: PER_PAGE, after: pager.after, ...filter }, { of: ["AuditEvent"] });
  const names = useNames(events.data?.auditEvents.nodes ?? [], actorId, targetId);
  const isFiltered = kind !== "" || time !== "" || actorId !== null || targetId !== null;
  const choose = (name: FilterName, value: string) =>
    setAddress(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === "") next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return (
    <Page title={words.title} description={role === "ADMIN" ? words.descriptionForAdministrators : words.description}>
      <Stack gap="large">
        {role === "ADMIN" && <AuditTrail />}
        <Stack>
          <ActivityFilters kind={kind} time={time} onChoose={choose}>
            {actorId !== null && <Only text={words.onlyBy(nameOf(names.get(actorId)))} onEnd={() => choose("by", "")} />}
            {targetId !== null && <Only text={words.onlyOf(nameOf(names.get(targetId)))} onEnd={() => choose("of", "")} />}
          </ActivityFilters>
          <Loaded from={events} skeleton={<Skeleton rows={8} />}>
            {({ auditEvents }) =>
              auditEvents.nodes.length === 0 ? (
                <NoEvents isFiltered={isFiltered} onClear={() => setAddress({}, { replace: true })} />
              ) : (
                <>
                  <EventTable events={auditEvents.nodes} names={names} />
                  <Pager pager={pager} size={PER_PAGE} of={auditEvents} isBusy={events.isStale} />
                </>
              )
            }
          </Loaded>
        </Stack>
      </Stack>
    </Page>
  );
}

/** The names of those and that which the events are about, and are limited to; what is gone or not the reader's has none. */
function useNames(events: readonly Event[], ...limits: ReadonlyArray<string | null>): Names {
  const limited = limits.filter((id) => id !== null).filter(mayHaveName);
  const ids = [...new Set([...limited, ...events.flatMap(idsOf)])].sort().slice(0, 100);
  const { data } = useData(NamesOfDocument, { ids }, { pause: ids.length === 0 });
  return useMemo(() => new Map((data?.nodes ?? []).map((named) => [named.id, named])), [data]);
}

function ActivityFilters({
  kind,
  time,
  onChoose,
  children,
}: {
  readonly kind: string;
  readonly time: string;
  readonly onChoose: (name: FilterName, value: string) => void;
  readonly children: ReactNode;
}) {
  const { filters, kinds, times } = words;
  const { all, ...spans } = times;
  return (
    <Filters>
      <SelectField label={filters.kind} value={kind} onChange={({ target }) => onChoose("kind", target.value)}>
        <option value="">{filters.allButRoutine}</option>
        {Object.entries(kinds).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
        <option value={EVERYTHING}>{filters.everything}</option>
      </SelectField>
      <SelectField label={filters.time} value={time} onChange={({ target }) => onChoose("time", target.value)}>
        <option value="">{all}</option>
        {Object.entries(spans).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      {children}
    </Filters>
  );
}

/** That the events are limited to one person, machine or thing, and the way out of it. */
function Only({ text, onEnd }: { readonly text: string; readonly onEnd: () => void }) {
  return (
    <Button icon="close" title={words.notOnly} onClick={onEnd}>
      {text}
    </Button>
  );
}

function NoEvents({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }) {
  if (!isFiltered)
    return (
      <EmptyState icon="activity" title={words.emptyTitle}>
        {words.empty}
      </EmptyState>
    );
  return (
    <EmptyState icon="search" title={words.noneFoundTitle} action={<Button onClick={onClear}>{words.clear}</Button>}>
      {words.noneFound}
    </EmptyState>
  );
}
