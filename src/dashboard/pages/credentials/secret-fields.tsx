import { useEffect, useState } from "react";
import { useAction } from "../../client/use-data.ts";
import { RevealCredentialDocument } from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { Card, Facts, Notice } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./credentials.module.css";
import type { Credential } from "./detail.tsx";

const words = texts.credentials.reveal;
const SHOWN_SECONDS = 30;

type Props = { readonly id: string; readonly fields: Credential["fields"]; readonly labelOf: (name: string) => string };

/** The secret fields: hidden, and shown for half a minute when one asks. */
export function SecretFields({ id, fields, labelOf }: Props) {
  const { detail } = texts.credentials;
  const reveal = useReveal(id);
  const secrets = fields.filter(({ isSecret }) => isSecret);
  return (
    <Card
      title={words.title}
      description={words.help}
      actions={
        reveal.shown === null ? (
          <Button size="small" icon="eye" onClick={() => void reveal.show()} isBusy={reveal.isRunning}>
            {words.action}
          </Button>
        ) : (
          <Button size="small" onClick={reveal.hide}>
            {words.hide}
          </Button>
        )
      }
    >
      {reveal.problem !== null && (
        <Notice tone="bad" isAlert>
          {reveal.problem}
        </Notice>
      )}
      <Facts
        facts={secrets.map(({ name, isSet }) => {
          const value = reveal.shown?.get(name);
          if (value === undefined) return [labelOf(name), isSet ? detail.secretSet : detail.secretNotSet] as const;
          return [
            labelOf(name),
            <span key={name} className={styles.copied}>
              <code>{value}</code>
              <CopyButton text={value} label={labelOf(name)} />
            </span>,
          ] as const;
        })}
      />
      {reveal.shown !== null && <p className={styles.soft}>{words.hideIn(reveal.secondsLeft)}</p>}
    </Card>
  );
}

/** Secrets in the clear, in this component's memory alone and for a short time. */
function useReveal(id: string) {
  const { run, isRunning } = useAction(RevealCredentialDocument);
  const [shown, setShown] = useState<ReadonlyMap<string, string> | null>(null);
  const [secondsLeft, setSecondsLeft] = useState(SHOWN_SECONDS);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (shown === null) return;
    const timer = setInterval(() => setSecondsLeft((seconds) => seconds - 1), 1_000);
    return () => clearInterval(timer);
  }, [shown]);
  useEffect(() => {
    if (secondsLeft <= 0) setShown(null);
  }, [secondsLeft]);
  const show = async () => {
    const { data, problem } = await run({ id });
    const fields = data?.revealCredential?.fields;
    setProblem(problem?.message ?? data?.revealCredential?.userErrors[0]?.message ?? null);
    if (fields == null) return;
    setSecondsLeft(SHOWN_SECONDS);
    setShown(new Map(fields.map(({ name, value }) => [name, value])));
  };
  return { shown, secondsLeft, problem, isRunning, show, hide: () => setShown(null) };
}
