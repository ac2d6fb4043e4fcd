import { useEffect, useState } from "react";
import { useAction, useData } from "../../client/use-data.ts";
import { AdminKeysDocument, type AdminKeysQuery, StartKeyRotationDocument } from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { ConfirmDialog } from "../../parts/dialog.tsx";
import { Loaded, Stack } from "../../parts/page.tsx";
import { ProgressBar } from "../../parts/progress.tsx";
import { Badge, Card, Facts, Notice, Skeleton } from "../../parts/surface.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./admin.module.css";
import { AdminPage } from "./admin-page.tsx";

const words = texts.admin.keys;
const POLL_MS = 400;

type Key = AdminKeysQuery["keys"][number];
type Rotation = NonNullable<AdminKeysQuery["keyRotation"]>;

/** The key-encryption keys, and their rotation as it goes on. */
export function KeysPage() {
  const { role } = useUser();
  const keys = useData(AdminKeysDocument, {}, { pause: role !== "ADMIN" });
  const start = useAction(StartKeyRotationDocument);
  const [isAsked, setAsked] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const { reload } = keys;
  const isRunning = start.isRunning || keys.data?.keyRotation?.isRunning === true;
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(reload, POLL_MS);
    return () => clearInterval(timer);
  }, [isRunning, reload]);
  const rotate = async () => {
    setAsked(false);
    const { data, problem } = await start.run({});
    setError(problem?.message ?? data?.startKeyRotation?.userErrors[0]?.message ?? null);
    reload();
  };
  return (
    <AdminPage
      title={words.title}
      description={words.description}
      actions={
        <Button look="primary" icon="sync" isBusy={isRunning} onClick={() => setAsked(true)}>
          {words.rotate}
        </Button>
      }
    >
      {error !== null && (
        <Notice tone="bad" title={texts.problems.title} isAlert>
          {error}
        </Notice>
      )}
      <Loaded from={keys} skeleton={<Skeleton rows={2} height="9rem" />}>
        {(data) => (
          <Stack>
            <Card title={words.rotation} description={words.rotationText}>
              <RotationProgress rotation={data.keyRotation ?? null} isRunning={isRunning} />
            </Card>
            <Card title={words.listTitle}>
              <Table label={words.listTitle} columns={COLUMNS} rows={data.keys} keyOf={({ id }) => id} />
            </Card>
          </Stack>
        )}
      </Loaded>
      <ConfirmDialog
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={words.confirmTitle}
        description={words.confirmText}
        confirmLabel={words.rotate}
        onConfirm={() => void rotate()}
        isBusy={start.isRunning}
      />
    </AdminPage>
  );
}

function RotationProgress({ rotation, isRunning }: { readonly rotation: Rotation | null; readonly isRunning: boolean }) {
  if (isRunning) return <Running rotation={rotation} />;
  if (rotation === null) return <p className={styles.soft}>{words.never}</p>;
  const { rewrapped, total, unreadable, startedAt, finishedAt } = rotation;
  const times = [
    [words.started, startedAt],
    [words.finished, finishedAt],
  ] as const;
  return (
    <Stack gap="small">
      <Outcome unreadable={unreadable ?? null} isWhole={rewrapped === total} isOver={finishedAt != null} />
      <Facts facts={times.flatMap(([name, time]) => (time == null ? [] : [[name, <Time key={name} value={time} />] as const]))} />
    </Stack>
  );
}

function Running({ rotation }: { readonly rotation: Rotation | null }) {
  // Until the gateway has begun, what is known is the rotation before.
  const isStarting = rotation === null || !rotation.isRunning || rotation.total === 0;
  const text = isStarting ? words.starting : words.progress(rotation.rewrapped, rotation.total);
  return (
    <Stack gap="small">
      <p>{isStarting ? words.starting : words.running}</p>
      <ProgressBar label={words.rotation} share={isStarting ? null : rotation.rewrapped / rotation.total} text={text} />
      <p className={styles.soft} role="status">
        {text}
      </p>
    </Stack>
  );
}

type OutcomeProps = { readonly unreadable: number | null; readonly isWhole: boolean; readonly isOver: boolean };

function Outcome({ unreadable, isWhole, isOver }: OutcomeProps) {
  if (unreadable !== null && unreadable > 0) return <Notice tone="bad">{words.unreadable(unreadable)}</Notice>;
  if (!isOver && !isWhole) return <Notice tone="warn">{words.interrupted}</Notice>;
  return <Notice tone="ok">{words.over}</Notice>;
}

const COLUMNS: ReadonlyArray<Column<Key>> = [
  { key: "id", title: words.id, cell: ({ id }) => <span className={styles.id}>{id}</span> },
  {
    key: "use",
    title: words.use,
    cell: ({ isPrimary }) => (isPrimary ? <Badge tone="ok">{words.primary}</Badge> : <Badge tone="neutral">{words.old}</Badge>),
  },
  {
    key: "created",
    title: words.created,
    cell: ({ createdAt }) =>
      createdAt == null ? <span className={styles.soft}>{words.unknown}</span> : <Time value={createdAt} />,
  },
  { key: "records", title: words.records, isNumber: true, cell: ({ sealedRecords }) => sealedRecords.toLocaleString("en") },
];
