import { Badge } from "../../parts/surface.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./activity.module.css";
import { type Event, type Names, sentenceOf } from "./sentence.ts";

const words = texts.activity;

/** Events as sentences, newest first. */
export function EventTable({ events, names }: { readonly events: readonly Event[]; readonly names: Names }) {
  const { id: viewerId } = useUser();
  const columns: ReadonlyArray<Column<Event>> = [
    {
      key: "what",
      title: words.columns.what,
      cell: (event) => (
        <span className={styles.what} title={event.correlationId ?? undefined}>
          {sentenceOf(event, names, viewerId)}
          <OutcomeBadge outcome={event.outcome} />
        </span>
      ),
    },
    { key: "when", title: words.columns.when, cell: ({ createdAt }) => <Time value={createdAt} /> },
    { key: "where", title: words.columns.where, cell: ({ ip }) => (ip == null ? words.nowhere : <code>{ip}</code>) },
  ];
  return <Table label={words.title} columns={columns} rows={events} keyOf={({ id }) => id} />;
}

function OutcomeBadge({ outcome }: { readonly outcome: string }) {
  if (outcome === "FAILED") return <Badge tone="bad">{words.outcomes.FAILED}</Badge>;
  return outcome === "REFUSED" ? <Badge tone="warn">{words.outcomes.REFUSED}</Badge> : null;
}
