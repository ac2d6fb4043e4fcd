import { useEffect, useState } from "react";
import { Badge, Card, Facts, Notice, Skeleton } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./admin.module.css";

const words = texts.admin.overview;
const POLL_MS = 15_000;
const PARTS = ["database", "migrations", "keyRing"] as const;

type Part = (typeof PARTS)[number];
type States = Readonly<Partial<Record<Part, string>>>;

/** What `/health/ready` says of each part; none of them when it does not answer. */
async function askHealth(): Promise<States> {
  const response = await fetch("/health/ready");
  return ((await response.json()) as { readonly parts?: States }).parts ?? {};
}

/** Whether the parts of the gateway work, asked again every quarter of a minute. */
export function Health() {
  const [states, setStates] = useState<States | null>(null);
  useEffect(() => {
    let isGone = false;
    const ask = async () => {
      const answer = await askHealth().catch(() => ({}));
      if (!isGone) setStates(answer);
    };
    void ask();
    const timer = setInterval(() => void ask(), POLL_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, []);
  if (states === null) return <Skeleton rows={1} height="8rem" />;
  return (
    <Card title={words.health}>
      <Facts facts={PARTS.map((part) => [words.parts[part], <PartState key={part} part={part} state={states[part]} />])} />
    </Card>
  );
}

function PartState({ part, state }: { readonly part: Part; readonly state: string | undefined }) {
  if (state === "ok") return <Badge tone="ok">{words.ok}</Badge>;
  if (state === undefined) return <Badge tone="warn">{words.away}</Badge>;
  return (
    <div className={styles.form}>
      <Badge tone="bad">{words.failing}</Badge>
      <Notice tone="bad">{words.advice[part]}</Notice>
    </div>
  );
}
