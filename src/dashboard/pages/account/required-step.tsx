import { useEffect, useState } from "react";
import { Button, ButtonRow } from "../../parts/button.tsx";
import { Mark } from "../../parts/icon.tsx";
import { Notice } from "../../parts/surface.tsx";
import { type RequiredStep, session } from "../../session/session.ts";
import { texts } from "../../texts/texts.ts";
import { ChangePassword } from "./change-password.tsx";
import { ProveApp, RecoveryCodes, type Started, useStart } from "./enrolment.tsx";
import styles from "./second-factor.module.css";

const words = texts.account.required;

/** What a user has to do before the pages open, in their place. */
export function RequiredStepPage({ step }: { readonly step: RequiredStep }) {
  const { title, text } = words[step];
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title]);
  return (
    <main className={styles.page}>
      <div className={styles.panel}>
        <Mark size={40} />
        <h1>{title}</h1>
        <p>{text}</p>
        {step === "CHANGE_PASSWORD" ? <ChangePassword onChanged={() => void session.reload()} /> : <SetUpSecondFactor />}
        <ButtonRow>
          <Button look="quiet" onClick={() => void session.signOut()}>
            {words.signOut}
          </Button>
        </ButtonRow>
      </div>
    </main>
  );
}

function SetUpSecondFactor() {
  const { start, problem, isStarting } = useStart();
  const [started, setStarted] = useState<Started | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes !== null) {
    return (
      <>
        <h2>{texts.account.secondFactor.codesTitle}</h2>
        <RecoveryCodes codes={codes} onKept={() => void session.reload()} />
      </>
    );
  }
  if (started !== null) return <ProveApp started={started} onEnabled={setCodes} onCancel={() => setStarted(null)} />;
  return (
    <>
      {problem !== null && (
        <Notice tone="bad" isAlert>
          {problem}
        </Notice>
      )}
      <ButtonRow>
        <Button look="primary" icon="shield" isBusy={isStarting} onClick={async () => setStarted(await start())}>
          {words.SET_UP_SECOND_FACTOR.begin}
        </Button>
      </ButtonRow>
    </>
  );
}
