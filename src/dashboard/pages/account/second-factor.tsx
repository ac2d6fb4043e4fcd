import { useState } from "react";
import type { AccountQuery } from "../../gql/graphql.ts";
import { Button, ButtonRow } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Badge, Card, Notice } from "../../parts/surface.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { session } from "../../session/session.ts";
import { texts } from "../../texts/texts.ts";
import { ProveApp, RecoveryCodes, type Started, useStart } from "./enrolment.tsx";
import styles from "./second-factor.module.css";
import { RenewCodes, TurnOff } from "./second-factor-questions.tsx";

const words = texts.account.secondFactor;
/** So few codes left are worth a word. */
const FEW = 3;

type State = AccountQuery["secondFactor"];

/** Turning the second factor on and off, and making recovery codes anew. */
export function SecondFactor({ state, onChanged }: { readonly state: State; readonly onChanged: () => void }) {
  const { start, problem, isStarting } = useStart();
  const [started, setStarted] = useState<Started | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [question, setQuestion] = useState<"off" | "renew" | null>(null);
  const close = () => {
    setStarted(null);
    setCodes(null);
  };
  const changed = () => {
    void session.reload();
    onChanged();
  };
  return (
    <Card title={words.title} description={words.description}>
      <div className={styles.form}>
        <CurrentState state={state} />
        {problem !== null && (
          <Notice tone="bad" isAlert>
            {problem}
          </Notice>
        )}
        <ButtonRow>
          {state.enabledAt == null ? (
            <Button look="primary" icon="shield" isBusy={isStarting} onClick={async () => setStarted(await start())}>
              {words.turnOn}
            </Button>
          ) : (
            <>
              <Button onClick={() => setQuestion("renew")}>{words.renew}</Button>
              <Button look="danger" onClick={() => setQuestion("off")}>
                {words.turnOff}
              </Button>
            </>
          )}
        </ButtonRow>
      </div>
      <Dialog isOpen={started !== null && codes === null} onClose={close} title={words.setUpTitle}>
        {started !== null && (
          <ProveApp
            started={started}
            onCancel={close}
            onEnabled={(made) => {
              setCodes(made);
              changed();
            }}
          />
        )}
      </Dialog>
      <Dialog isOpen={codes !== null} onClose={close} title={words.codesTitle}>
        {codes !== null && <RecoveryCodes codes={codes} onKept={close} />}
      </Dialog>
      <TurnOff
        isOpen={question === "off"}
        onClose={() => setQuestion(null)}
        onDone={() => {
          say(words.turnedOff);
          changed();
        }}
      />
      <RenewCodes
        isOpen={question === "renew"}
        onClose={() => setQuestion(null)}
        onDone={(made) => {
          setCodes(made);
          onChanged();
        }}
      />
    </Card>
  );
}

function CurrentState({ state: { enabledAt, recoveryCodesLeft, isRequired } }: { readonly state: State }) {
  const isOn = enabledAt != null;
  return (
    <>
      <p className={styles.state}>
        <Badge tone={isOn ? "ok" : "neutral"}>{isOn ? words.on : words.off}</Badge>
        {isOn && (
          <span>
            {words.since} <Time value={enabledAt} />, {words.left(recoveryCodesLeft)}
          </span>
        )}
      </p>
      {isRequired && <p>{words.required}</p>}
      {isOn && recoveryCodesLeft < FEW && <Notice tone="warn">{words.few}</Notice>}
    </>
  );
}
