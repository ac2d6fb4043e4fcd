import { useState } from "react";
import { useAction } from "../../client/use-data.ts";
import { StartContactsDocument, StartProductsDocument } from "../../gql/graphql.ts";
import { Button, ButtonRow, LinkButton } from "../../parts/button.tsx";
import { CheckField, SelectField } from "../../parts/field.tsx";
import { Card, Notice } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";
import { CredentialOptions, type OdooCredential } from "./credential-options.tsx";
import styles from "./sync.module.css";

const words = texts.sync.start;

/** Starts a run in the background; the page then shows it as it goes. `onStart` is told when there is one. */
export function StartSync({ sources, onStart }: { readonly sources: readonly OdooCredential[]; readonly onStart: () => void }) {
  const [chosen, setChosen] = useState(() => (sources.find(({ isDefault }) => isDefault) ?? sources[0])?.id ?? "");
  const [isFull, setFull] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const contacts = useAction(StartContactsDocument);
  const products = useAction(StartProductsDocument);
  const input = { credential: { id: chosen }, full: isFull, background: true };
  const told = (refusal: string | null) => {
    setProblem(refusal);
    if (refusal === null) onStart();
  };
  const startContacts = async () => {
    const { data, problem } = await contacts.run({ input });
    told(problem?.message ?? data?.syncContactsFromOdoo.errors[0] ?? null);
  };
  const startProducts = async () => {
    const { data, problem } = await products.run({ input });
    told(problem?.message ?? data?.syncProductsFromOdoo.errors[0] ?? null);
  };
  const status = sources.find(({ id }) => id === chosen)?.status;
  const isBroken = status === "INVALID" || status === "EXPIRED" || status === "UNREADABLE";
  return (
    <Card title={words.title}>
      <div className={styles.start}>
        <SelectField label={words.credential} value={chosen} onChange={({ target }) => setChosen(target.value)}>
          <CredentialOptions sources={sources} />
        </SelectField>
        <CheckField
          label={words.isFull}
          help={words.isFullHelp}
          checked={isFull}
          onChange={({ target }) => setFull(target.checked)}
        />
      </div>
      {isBroken && (
        <Notice
          tone="bad"
          action={
            <LinkButton to={`/credentials/${chosen}/edit`} size="small">
              {texts.actions.edit}
            </LinkButton>
          }
        >
          {texts.credentials.statusHelp[status]}
        </Notice>
      )}
      {problem !== null && (
        <Notice tone="bad" title={texts.problems.title} isAlert>
          {problem}
        </Notice>
      )}
      <ButtonRow>
        <Button look="primary" icon="people" isBusy={contacts.isRunning} onClick={() => void startContacts()}>
          {words.contacts}
        </Button>
        <Button icon="package" isBusy={products.isRunning} onClick={() => void startProducts()}>
          {words.products}
        </Button>
      </ButtonRow>
    </Card>
  );
}
