import { useState } from "react";
import { useAction } from "../client/use-data.ts";
import { ConfirmPasswordDocument } from "../gql/graphql.ts";
import { Button } from "../parts/button.tsx";
import { DialogActions, QuestionDialog } from "../parts/dialog.tsx";
import { SecretField } from "../parts/field.tsx";
import { texts } from "../texts/texts.ts";
import { CodeField } from "./code-field.tsx";
import { confirmation, useIsAsked } from "./confirmation.ts";
import styles from "./session.module.css";
import { isPasswordSpent } from "./session.ts";
import { useUser } from "./use-session.ts";

type Fault = { readonly field?: string | null; readonly message: string };

/** Asks for the password, and of who has a second factor for a code, before a sensitive act that came too long after it was given last. */
export function ConfirmPasswordDialog() {
  const isAsked = useIsAsked();
  const { username, secondFactorSince } = useUser();
  const hasSecondFactor = secondFactorSince != null;
  const { run, isRunning } = useAction(ConfirmPasswordDocument);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const close = (isConfirmed: boolean) => {
    setPassword("");
    setCode("");
    setFault(null);
    confirmation.answer(isConfirmed);
  };
  const confirm = async () => {
    const { data, problem } = await run({ password, ...(hasSecondFactor && { code }) });
    const userErrors = data?.confirmPassword?.userErrors ?? [];
    const refusal = problem ?? userErrors[0] ?? null;
    if (refusal === null) return close(true);
    setCode("");
    if (problem === null && isPasswordSpent({ userErrors, error: null })) setPassword("");
    setFault(refusal);
  };
  return (
    <QuestionDialog isOpen={isAsked} onClose={() => close(false)} title={texts.confirm.title} description={texts.confirm.text}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isRunning) void confirm();
        }}
      >
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <SecretField
          label={texts.expired.password}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
          error={fault?.field === "code" ? null : (fault?.message ?? null)}
          required
        />
        {hasSecondFactor && (
          <CodeField
            value={code}
            onChange={({ target }) => setCode(target.value)}
            isNext={fault?.field === "code"}
            error={fault?.field === "code" ? fault.message : null}
          />
        )}
        <DialogActions>
          <Button onClick={() => close(false)}>{texts.actions.cancel}</Button>
          <Button type="submit" look="primary" isBusy={isRunning}>
            {texts.confirm.submit}
          </Button>
        </DialogActions>
      </form>
    </QuestionDialog>
  );
}
