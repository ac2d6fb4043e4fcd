import { useState } from "react";
import { useAction } from "../../client/use-data.ts";
import { RestoreVersionDocument } from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { ConfirmDialog } from "../../parts/dialog.tsx";
import { CheckField } from "../../parts/field.tsx";
import { Badge, Card } from "../../parts/surface.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./credentials.module.css";
import type { Credential } from "./detail.tsx";

const { versions: words, test: testWords } = texts.credentials;

/** The versions that are kept; an older one can come back as the newest. */
export function Versions({ credential: { id, version: current, versions } }: { readonly credential: Credential }) {
  const [chosen, setChosen] = useState<number | null>(null);
  return (
    <Card title={words.title} description={words.help}>
      <ol className={styles.versions}>
        {versions.map(({ version, createdAt }) => (
          <li key={version}>
            <span>{words.version(version)}</span>
            <span className={styles.soft}>
              {words.saved} <Time value={createdAt} />
            </span>
            {version === current ? (
              <Badge tone="ok">{words.inUse}</Badge>
            ) : (
              <Button size="small" icon="sync" aria-label={words.restoreOf(version)} onClick={() => setChosen(version)}>
                {words.restore}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {chosen !== null && <RestoreDialog id={id} version={chosen} next={current + 1} onClose={() => setChosen(null)} />}
    </Card>
  );
}

/** Asks whether to restore a version, and whether to test it first; what failed stays to be read. */
function RestoreDialog({
  id,
  version,
  next,
  onClose,
}: {
  readonly id: string;
  readonly version: number;
  readonly next: number;
  readonly onClose: () => void;
}) {
  const { run, isRunning } = useAction(RestoreVersionDocument);
  const [isUntested, setUntested] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const restore = async () => {
    setError(null);
    const { data, problem } = await run({ id, version, test: !isUntested });
    const saved = data?.restoreCredentialVersion;
    if (saved?.credential != null) {
      say(words.restored(version, next));
      return onClose();
    }
    const failed = saved?.connectionTest;
    const stage = failed?.outcome === "FAILED" ? `${testWords.failedAt(testWords.stages[failed.stage])}. ` : "";
    setError(`${stage}${problem?.message ?? saved?.userErrors[0]?.message ?? ""}`);
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={words.question(version)}
      description={words.explanation(next)}
      confirmLabel={isUntested ? words.restoreUntested : words.testAndRestore}
      isDangerous={false}
      onConfirm={() => void restore()}
      isBusy={isRunning}
      error={error}
    >
      <CheckField
        label={words.untested}
        help={texts.credentials.form.saveUntestedHelp}
        checked={isUntested}
        onChange={({ target }) => setUntested(target.checked)}
      />
    </ConfirmDialog>
  );
}
