import { useState } from "react";
import { useAction } from "../client/use-data.ts";
import { ConfirmPasswordDocument } from "../gql/graphql.ts";
import { Button } from "../parts/button.tsx";
import { DialogActions, QuestionDialog } from "../parts/dialog.tsx";
import { SecretField } from "../parts/field.tsx";
import { texts } from "../texts/texts.ts";
import { confirmation, useIsAsked } from "./confirmation.ts";
import styles from "./session.module.css";
import { useUser } from "./use-session.ts";

/** Asks for the password before a sensitive act that came too long after it was given last. */
export function ConfirmPasswordDialog() {
  const isAsked = useIsAsked();
  const { username } = useUser();
  const { run, isRunning } = useAction(ConfirmPasswordDocument);
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(null);
  const close = (isConfirmed: boolean) => {
    setPassword("");
    setError(null);
    confirmation.answer(isConfirmed);
  };
  const confirm = async () => {
    const { data, problem } = await run({ password });
    const refusal = problem?.message ?? data?.confirmPassword?.userErrors[0]?.message ?? null;
    if (refusal === null) return close(true);
    setPassword("");
    setError(refusal);
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
          error={error}
          required
        />
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
