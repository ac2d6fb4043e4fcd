import { useState } from "react";
import { useAction } from "../../client/use-data.ts";
import { DisableSecondFactorDocument, RenewRecoveryCodesDocument } from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { DialogActions, QuestionDialog } from "../../parts/dialog.tsx";
import { SecretField } from "../../parts/field.tsx";
import { Notice } from "../../parts/surface.tsx";
import { CodeField } from "../../session/code-field.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./second-factor.module.css";

const words = texts.account.secondFactor;

type Fault = { readonly field?: string | null; readonly message: string };
type Given = { readonly password: string; readonly code: string };

type QuestionProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

/** Asks for password and code before the second factor is changed; `act` gives what is wrong with them. */
function ProofDialog({
  isOpen,
  onClose,
  title,
  text,
  submitLabel,
  isDangerous,
  isBusy,
  act,
}: QuestionProps & {
  readonly title: string;
  readonly text: string;
  readonly submitLabel: string;
  readonly isDangerous: boolean;
  readonly isBusy: boolean;
  readonly act: (given: Given) => Promise<Fault | null>;
}) {
  const { username } = useUser();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const errorOf = (field: string) => (fault?.field === field ? fault.message : null);
  const close = () => {
    setPassword("");
    setCode("");
    setFault(null);
    onClose();
  };
  const submit = async () => {
    const refusal = await act({ password, code });
    if (refusal === null) return close();
    setFault(refusal);
    setCode("");
  };
  return (
    <QuestionDialog isOpen={isOpen} onClose={close} title={title} description={text}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void submit();
        }}
      >
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <SecretField
          label={words.password}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
          error={errorOf("password")}
          required
        />
        <CodeField value={code} onChange={({ target }) => setCode(target.value)} error={errorOf("code")} />
        {fault !== null && errorOf("password") === null && errorOf("code") === null && (
          <Notice tone="bad" isAlert>
            {fault.message}
          </Notice>
        )}
        <DialogActions>
          <Button onClick={close}>{words.cancel}</Button>
          <Button type="submit" look={isDangerous ? "danger" : "primary"} isBusy={isBusy}>
            {submitLabel}
          </Button>
        </DialogActions>
      </form>
    </QuestionDialog>
  );
}

/** Turning the second factor off. */
export function TurnOff({ onDone, ...dialog }: QuestionProps & { readonly onDone: () => void }) {
  const { run, isRunning } = useAction(DisableSecondFactorDocument);
  const act = async (given: Given) => {
    const { data, problem } = await run(given);
    const fault = problem ?? data?.disableSecondFactor?.userErrors[0] ?? null;
    if (fault === null) onDone();
    return fault;
  };
  const { turnOffTitle, turnOffText, turnOff } = words;
  return (
    <ProofDialog
      {...dialog}
      title={turnOffTitle}
      text={turnOffText}
      submitLabel={turnOff}
      isDangerous
      isBusy={isRunning}
      act={act}
    />
  );
}

/** Making recovery codes anew. */
export function RenewCodes({
  onDone,
  ...dialog
}: QuestionProps & { readonly onDone: (recoveryCodes: readonly string[]) => void }) {
  const { run, isRunning } = useAction(RenewRecoveryCodesDocument);
  const act = async (given: Given) => {
    const { data, problem } = await run(given);
    const { recoveryCodes, userErrors } = data?.renewRecoveryCodes ?? {};
    if (recoveryCodes != null) onDone(recoveryCodes);
    return problem ?? userErrors?.[0] ?? null;
  };
  const { renewTitle, renewText, renew } = words;
  return (
    <ProofDialog
      {...dialog}
      title={renewTitle}
      text={renewText}
      submitLabel={renew}
      isDangerous={false}
      isBusy={isRunning}
      act={act}
    />
  );
}
