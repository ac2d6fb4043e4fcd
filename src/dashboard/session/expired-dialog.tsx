import { useState } from "react";
import { problemOfAnswer, problemOfNetwork } from "../client/problem.ts";
import { Button } from "../parts/button.tsx";
import { DialogActions, QuestionDialog } from "../parts/dialog.tsx";
import { SecretField } from "../parts/field.tsx";
import { texts } from "../texts/texts.ts";
import { CodeField } from "./code-field.tsx";
import styles from "./session.module.css";
import { CODE_NEEDED, isPasswordSpent, type SignInOutcome, session } from "./session.ts";
import { useSession } from "./use-session.ts";

/** What a sign-in's outcome tells the person; null when it went well. */
export function problemTextOf({ userErrors: [first], error }: SignInOutcome): string | null {
  if (first !== undefined) return first.message;
  if (error === null) return null;
  return error instanceof TypeError ? problemOfNetwork().message : problemOfAnswer(error).message;
}

/** Asks for the password on top of the page when the session has ended in the middle of it; then what waited is sent again. */
export function ExpiredDialog() {
  const { status, user } = useSession();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [outcome, setOutcome] = useState<SignInOutcome>({ userErrors: [], error: null });
  const [isBusy, setBusy] = useState(false);
  if (user === null) return null;
  const [fault] = outcome.userErrors;
  // It may have been turned on elsewhere since.
  const isCodeWanted = user.secondFactorSince != null || fault?.field === "code";
  const goOn = async () => {
    setBusy(true);
    const answer = await session.signIn({ username: user.username, password, ...(isCodeWanted && { code }) });
    setOutcome(answer);
    setCode("");
    if (isPasswordSpent(answer)) setPassword("");
    setBusy(false);
  };
  const { title, text, submit, signOut, password: label } = texts.expired;
  return (
    <QuestionDialog isOpen={status === "expired"} onClose={() => undefined} title={title} description={text(user.username)}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void goOn();
        }}
      >
        <input type="text" name="username" autoComplete="username" value={user.username} readOnly hidden />
        <SecretField
          label={label}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={fault?.field === "code" ? null : problemTextOf(outcome)}
          required
        />
        {isCodeWanted && (
          <CodeField
            value={code}
            onChange={({ target }) => setCode(target.value)}
            isNext={fault?.field === "code"}
            error={fault?.field === "code" && fault.code !== CODE_NEEDED ? fault.message : null}
          />
        )}
        <DialogActions>
          <Button look="quiet" onClick={() => void session.signOut()}>
            {signOut}
          </Button>
          <Button type="submit" look="primary" isBusy={isBusy}>
            {submit}
          </Button>
        </DialogActions>
      </form>
    </QuestionDialog>
  );
}
