import { type ReactNode, useEffect, useState } from "react";
import { Navigate, useSearchParams } from "react-router";
import { Button } from "../../parts/button.tsx";
import { Mark } from "../../parts/icon.tsx";
import { Notice } from "../../parts/surface.tsx";
import { problemTextOf } from "../../session/expired-dialog.tsx";
import type { PersonError, SignInOutcome } from "../../session/session.ts";
import { useSession } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./entry.module.css";

/** Where to go once signed in: a page of ours, whatever the address says. */
function destinationOf(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) ? to : "/";
}

/**
 * The way in: a form that `submit` sends, what is wrong with it beside the field that it names, else above the button. What
 * was typed stays, except the password after a refusal.
 */
export function Entry({
  title,
  submitLabel,
  submit,
  fields,
  footer,
}: {
  readonly title: string;
  readonly submitLabel: string;
  readonly submit: (form: FormData) => Promise<SignInOutcome>;
  readonly fields: (errorOf: (field: string) => string | null, userErrors: readonly PersonError[]) => ReactNode;
  readonly footer: ReactNode;
}) {
  const { status } = useSession();
  const [search] = useSearchParams();
  const [outcome, setOutcome] = useState<SignInOutcome>({ userErrors: [], error: null });
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title]);
  if (status === "signed-in") return <Navigate to={destinationOf(search.get("to"))} replace />;
  const ofField = (name: string) => outcome.userErrors.find(({ field }) => field?.split(".").at(-1) === name)?.message ?? null;
  const isShownAtField = outcome.userErrors.some(({ field }) => field != null);
  const problem = isShownAtField ? null : problemTextOf(outcome);
  return (
    <main className={styles.page}>
      <div className={styles.panel}>
        <div className={styles.brand}>
          <Mark size={40} />
          <p className={styles.product}>{texts.product}</p>
          <p className={styles.tagline}>{texts.signIn.tagline}</p>
        </div>
        <form
          className={styles.form}
          onSubmit={async (event) => {
            event.preventDefault();
            if (isBusy) return;
            const form = new FormData(event.currentTarget);
            setBusy(true);
            setOutcome(await submit(form));
            setBusy(false);
          }}
        >
          <h1>{title}</h1>
          {fields(ofField, outcome.userErrors)}
          {problem !== null && (
            <Notice tone="bad" isAlert>
              {problem}
            </Notice>
          )}
          <Button type="submit" look="primary" isBusy={isBusy}>
            {submitLabel}
          </Button>
        </form>
        <p className={styles.footer}>{footer}</p>
      </div>
    </main>
  );
}
