import { useEffect } from "react";
import { useAction, useData } from "../../client/use-data.ts";
import {
  AuditChainsDocument,
  type AuditChainsQuery,
  LastVerificationDocument,
  type VerificationFragment,
  VerifyAuditDocument,
} from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { Loaded, Stack } from "../../parts/page.tsx";
import { ProgressBar } from "../../parts/progress.tsx";
import { Card, Facts, Notice, Skeleton } from "../../parts/surface.tsx";
import { Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./activity.module.css";

const words = texts.activity.chain;
const ASK_MS = 1_000;

/** Whether the trail is whole, as far as is known, and the way to find out now. */
export function AuditTrail() {
  const chains = useData(AuditChainsDocument, {});
  const last = useData(LastVerificationDocument, {}, { of: ["AuditVerification"] });
  const verify = useAction(VerifyAuditDocument);
  const verification = last.data?.auditVerification ?? null;
  const isRunning = verification !== null && verification.finishedAt == null;
  const { reload } = last;
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(reload, ASK_MS);
    return () => clearInterval(timer);
  }, [isRunning, reload]);
  const start = async () => {
    await verify.run({});
    reload();
    chains.reload();
  };
  return (
    <Card
      title={words.title}
      description={words.description}
      actions={
        <Button icon="shield" isBusy={verify.isRunning || isRunning} onClick={() => void start()}>
          {words.verify}
        </Button>
      }
    >
      <Loaded from={chains} skeleton={<Skeleton rows={1} height="4rem" />}>
        {({ auditChains }) => <ChainFacts chains={auditChains} />}
      </Loaded>
      {last.data !== undefined && <VerificationState verification={verification} />}
    </Card>
  );
}

function ChainFacts({ chains }: { readonly chains: AuditChainsQuery["auditChains"] }) {
  const events = chains.reduce((sum, { sequence, cutSequence }) => sum + sequence - cutSequence, 0);
  const unsigned = chains.reduce((sum, { sequence, signedSequence }) => sum + Math.max(0, sequence - signedSequence), 0);
  const signedAt = chains
    .flatMap(({ signedAt }) => signedAt ?? [])
    .sort()
    .at(-1);
  return (
    <Facts
      facts={[
        [words.recorded, words.inChains(events, chains.length)],
        [words.lastSigned, signedAt === undefined ? texts.never : <Time key="signed" value={signedAt} />],
        [words.heads, unsigned === 0 ? words.signed : words.unsigned(unsigned)],
      ]}
    />
  );
}

function VerificationState({ verification }: { readonly verification: VerificationFragment | null }) {
  if (verification === null) return <p className={styles.soft}>{words.never}</p>;
  const { checkedEvents, totalEvents, isWhole, finishedAt, faultCount, faults } = verification;
  if (finishedAt == null) {
    const text = words.running(checkedEvents, totalEvents);
    return (
      <Stack gap="small">
        <ProgressBar label={words.progress} share={totalEvents === 0 ? null : checkedEvents / totalEvents} text={text} />
        <p>{text}</p>
      </Stack>
    );
  }
  if (isWhole === true)
    return (
      <Notice tone="ok" title={words.whole(checkedEvents)}>
        {words.verified} <Time value={finishedAt} />
      </Notice>
    );
  return (
    <Stack>
      <Notice tone="bad" title={words.broken(faultCount)} isAlert>
        {words.brokenHelp}
      </Notice>
      <Table
        label={words.faults}
        rows={faults.map((fault, place) => ({ ...fault, key: `${place}` }))}
        keyOf={({ key }) => key}
        columns={[
          { key: "kind", title: words.fault.kind, cell: ({ kind }) => kind },
          { key: "chain", title: words.fault.chain, cell: ({ chainId }) => <code>{chainId}</code> },
          { key: "place", title: words.fault.place, isNumber: true, cell: ({ sequence }) => sequence.toLocaleString("en") },
        ]}
      />
    </Stack>
  );
}
