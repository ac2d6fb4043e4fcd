import { useAction } from "../../client/use-data.ts";
import { type AccountQuery, EndOtherSessionsDocument, EndSessionDocument } from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { Badge, Card } from "../../parts/surface.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say, sayFailure } from "../../parts/toast.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./account.module.css";
import { deviceOf } from "./device.ts";

const words = texts.account.sessions;

type Session = AccountQuery["sessions"][number];

/** Where the viewer is signed in, each to be ended but the one in use. */
export function Sessions({ sessions, onEnded }: { readonly sessions: readonly Session[]; readonly onEnded: () => void }) {
  const one = useAction(EndSessionDocument);
  const others = useAction(EndOtherSessionsDocument);
  const tell = (number: number, refusal: string | null) => {
    if (refusal === null) say(words.ended(number));
    else sayFailure(refusal);
    onEnded();
  };
  const end = async (id: string) => {
    const { data, problem } = await one.run({ id });
    tell(1, problem?.message ?? data?.endSession?.userErrors[0]?.message ?? null);
  };
  const endOthers = async () => {
    const { data, problem } = await others.run({});
    tell(data?.endOtherSessions?.endedCount ?? 0, problem?.message ?? null);
  };
  const columns: ReadonlyArray<Column<Session>> = [
    {
      key: "device",
      title: words.device,
      cell: ({ userAgent, isCurrent }) => (
        <span className={styles.device} title={userAgent ?? undefined}>
          {deviceOf(userAgent ?? null)}
          {isCurrent && <Badge tone="ok">{words.current}</Badge>}
        </span>
      ),
    },
    { key: "address", title: words.address, cell: ({ ip }) => ip ?? "" },
    { key: "begun", title: words.begun, cell: ({ createdAt }) => <Time value={createdAt} /> },
    { key: "used", title: words.used, cell: ({ lastUsedAt }) => <Time value={lastUsedAt} /> },
    {
      key: "actions",
      title: words.actions,
      isUntitled: true,
      cell: ({ id, userAgent, isCurrent }) =>
        isCurrent ? null : (
          <Button
            size="small"
            aria-label={words.endOf(deviceOf(userAgent ?? null))}
            isBusy={one.isRunning}
            onClick={() => void end(id)}
          >
            {words.end}
          </Button>
        ),
    },
  ];
  return (
    <Card
      title={words.title}
      description={words.description}
      actions={
        sessions.length > 1 && (
          <Button size="small" isBusy={others.isRunning} onClick={() => void endOthers()}>
            {words.endOthers}
          </Button>
        )
      }
    >
      <Table label={words.title} columns={columns} rows={sessions} keyOf={({ id }) => id} />
    </Card>
  );
}
