import { useState } from "react";
import { useAction } from "../../client/use-data.ts";
import { ChangePasswordDocument } from "../../gql/graphql.ts";
import { Button, ButtonRow } from "../../parts/button.tsx";
import { SecretField } from "../../parts/field.tsx";
import { Card, Notice } from "../../parts/surface.tsx";
import { say } from "../../parts/toast.tsx";
import { CodeField } from "../../session/code-field.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./account.module.css";

const words = texts.account.password;

const FIELDS: readonly string[] = ["currentPassword", "newPassword", "code"];

/** Changing one's password; both fields stay as typed until it is done. */
export function ChangePassword({ onChanged }: { readonly onChanged: () => void }) {
  const { username, secondFactorSince } = useUser();
  const hasSecondFactor = secondFactorSince != null;
  const { run, isRunning } = useAction(ChangePasswordDocument);
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [code, setCode] = useState("");
  const [errors, setErrors] = useState<ReadonlyArray<{ readonly field?: string | null; readonly message: string }>>([]);
  const errorOf = (name: string) => errors.find(({ field }) => field === name)?.message ?? null;
  const general = errors.find(({ field }) => !FIELDS.includes(field ?? ""));
  const change = async () => {
    const { data, problem } = await run({ currentPassword: current, newPassword: next, ...(hasSecondFactor && { code }) });
    const refused = problem === null ? (data.changePassword?.userErrors ?? []) : [problem];
    setErrors(refused);
    setCode("");
    if (refused.length > 0) return;
    setCurrent("");
    setNext("");
    say(words.done);
    onChanged();
  };
  return (
    <Card title={words.title} description={words.description}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isRunning) void change();
        }}
      >
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <SecretField
          label={words.current}
          autoComplete="current-password"
          value={current}
          onChange={({ target }) => setCurrent(target.value)}
          error={errorOf("currentPassword")}
          required
        />
        <SecretField
          label={words.next}
          help={words.help}
          autoComplete="new-password"
          value={next}
          onChange={({ target }) => setNext(target.value)}
          error={errorOf("newPassword")}
          required
        />
        {hasSecondFactor && <CodeField value={code} onChange={({ target }) => setCode(target.value)} error={errorOf("code")} />}
        {general !== undefined && (
          <Notice tone="bad" isAlert>
            {general.message}
          </Notice>
        )}
        <ButtonRow>
          <Button type="submit" look="primary" isBusy={isRunning}>
            {words.submit}
          </Button>
        </ButtonRow>
      </form>
    </Card>
  );
}
