import { useState } from "react";
import { useAction } from "../../client/use-data.ts";
import { EnableSecondFactorDocument, StartSecondFactorDocument } from "../../gql/graphql.ts";
import { Button, ButtonRow } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { download } from "../../parts/download.ts";
import { CodeField } from "../../session/code-field.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import { QrCode } from "./qr-code.tsx";
import styles from "./second-factor.module.css";

const words = texts.account.secondFactor;

/** A secret that an app has to be given, in this page's memory until it was. */
export type Started = { readonly secret: string; readonly keyUri: string };

/** Asks the gateway for a secret; `problem` says why there is none. */
export function useStart() {
  const { run, isRunning } = useAction(StartSecondFactorDocument);
  const [problem, setProblem] = useState<string | null>(null);
  const start = async (): Promise<Started | null> => {
    const outcome = await run({});
    const { secret, keyUri, userErrors } = outcome.data?.startSecondFactor ?? {};
    setProblem(outcome.problem?.message ?? userErrors?.[0]?.message ?? null);
    return secret == null || keyUri == null ? null : { secret, keyUri };
  };
  return { start, problem, isStarting: isRunning };
}

/** Shows the secret and takes the code that proves that the app has it; gives the recovery codes. */
export function ProveApp({
  started,
  onEnabled,
  onCancel,
}: {
  readonly started: Started;
  readonly onEnabled: (recoveryCodes: readonly string[]) => void;
  readonly onCancel: () => void;
}) {
  const { run, isRunning } = useAction(EnableSecondFactorDocument);
  const [code, setCode] = useState("");
  const [error, setError] = useState<string | null>(null);
  const enable = async () => {
    const { data, problem } = await run({ code });
    const { recoveryCodes, userErrors } = data?.enableSecondFactor ?? {};
    setError(problem?.message ?? userErrors?.[0]?.message ?? null);
    setCode("");
    if (recoveryCodes != null) onEnabled(recoveryCodes);
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isRunning) void enable();
      }}
    >
      <p>{words.scan}</p>
      <QrCode text={started.keyUri} label={words.qr} />
      <p className={styles.secret}>
        {words.type} <code>{started.secret.match(/.{4}/g)?.join(" ")}</code>
        <CopyButton text={started.secret} label={words.secret} />
      </p>
      <CodeField help={words.proveHelp} value={code} onChange={({ target }) => setCode(target.value)} error={error} />
      <ButtonRow>
        <Button type="submit" look="primary" isBusy={isRunning}>
          {words.submit}
        </Button>
        <Button onClick={onCancel}>{words.cancel}</Button>
      </ButtonRow>
    </form>
  );
}

/** Recovery codes, this once. */
export function RecoveryCodes({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  const { username } = useUser();
  const text = codes.join("\n");
  return (
    <div className={styles.form}>
      <p>{words.codesText}</p>
      <ul className={styles.codes} aria-label={words.codes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <ButtonRow>
        <Button look="primary" onClick={onKept}>
          {words.kept}
        </Button>
        <CopyButton text={text} label={words.codes} />
        <Button
          size="small"
          icon="download"
          onClick={() => download("postern-recovery-codes.txt", "text/plain", [`${words.file(username)}\n\n${text}\n`])}
        >
          {words.download}
        </Button>
      </ButtonRow>
    </div>
  );
}
