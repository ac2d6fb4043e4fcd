import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useAction, useData } from "../../client/use-data.ts";
import { CredentialByIdDocument, type CredentialByIdQuery, DeleteCredentialDocument } from "../../gql/graphql.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { ConfirmDialog } from "../../parts/dialog.tsx";
import { Loaded, Page, Stack } from "../../parts/page.tsx";
import { Card, Facts, Notice, Skeleton } from "../../parts/surface.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./credentials.module.css";
import { MoveCredential } from "./move-credential.tsx";
import { NoSuchCredential } from "./no-such-credential.tsx";
import { SecretFields } from "./secret-fields.tsx";
import { STATUS_TONES, StatusBadge } from "./status-badge.tsx";
import { StoredTest } from "./stored-test.tsx";
import { isPlainHttp } from "./use-connection-test.ts";
import { Versions } from "./versions.tsx";

const words = texts.credentials;

export type Credential = NonNullable<CredentialByIdQuery["credential"]>;

/** One credential: whether it works, what is stored, its versions, and what can be done with it. */
export function CredentialPage() {
  const { id = "" } = useParams();
  const loaded = useData(CredentialByIdDocument, { id });
  const credential = loaded.data?.credential;
  return (
    <Page
      title={credential == null ? words.title : `${credential.connector.name} · ${credential.label}`}
      back={<Link to="/credentials">{words.toList}</Link>}
      actions={credential != null && <Actions credential={credential} />}
    >
      <Loaded from={loaded} skeleton={<Skeleton rows={2} height="14rem" />}>
        {({ credential }) => (credential == null ? <NoSuchCredential /> : <Body key={id} credential={credential} />)}
      </Loaded>
    </Page>
  );
}

function Actions({ credential }: { readonly credential: Credential }) {
  const [isAsked, setAsked] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const navigate = useNavigate();
  const removal = useAction(DeleteCredentialDocument);
  const { id, label, connector } = credential;
  const remove = async () => {
    const { data, problem } = await removal.run({ id });
    const refusal = problem?.message ?? data?.deleteCredential?.userErrors[0]?.message ?? null;
    setError(refusal);
    if (refusal !== null) return;
    say(words.remove.done);
    void navigate("/credentials");
  };
  return (
    <>
      <LinkButton to={`/credentials/${id}/edit`} icon="edit" look="primary">
        {texts.actions.edit}
      </LinkButton>
      <LinkButton to={`/activity?of=${id}`} icon="activity" aria-label={words.activityOf(label)}>
        {texts.activity.title}
      </LinkButton>
      <Button icon="trash" onClick={() => setAsked(true)}>
        {texts.actions.delete}
      </Button>
      <ConfirmDialog
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={words.remove.title(connector.name, label)}
        description={words.remove.text}
        typed={{ label: words.remove.typed(label), text: label }}
        confirmLabel={texts.actions.delete}
        onConfirm={() => void remove()}
        isBusy={removal.isRunning}
        error={error}
      />
    </>
  );
}

function Body({ credential }: { readonly credential: Credential }) {
  const { id, status, fields, connector } = credential;
  const labelOf = (name: string) => connector.fields.find((field) => field.name === name)?.label ?? name;
  const isBroken = STATUS_TONES[status] === "bad";
  return (
    <Stack>
      {isBroken && (
        <Notice
          tone="bad"
          title={words.statuses[status]}
          action={
            <LinkButton to={`/credentials/${id}/edit`} size="small" look="primary" icon="edit">
              {texts.actions.edit}
            </LinkButton>
          }
        >
          {words.statusHelp[status]}
        </Notice>
      )}
      <div className={styles.columns}>
        <div className={styles.column}>
          <Overview credential={credential} labelOf={labelOf} />
          {fields.some(({ isSecret }) => isSecret) && <SecretFields id={id} fields={fields} labelOf={labelOf} />}
          <Versions credential={credential} />
        </div>
        <div className={styles.column}>
          <StoredTest
            key={credential.version}
            id={id}
            lastTest={credential.lastTest ?? null}
            isPlain={isPlainHttp(fields.map(({ value }) => value))}
          />
        </div>
      </div>
    </Stack>
  );
}

function Overview({ credential, labelOf }: { readonly credential: Credential; readonly labelOf: (name: string) => string }) {
  const { id, fields, project, connector, label, isDefault, createdAt, updatedAt, lastUsedAt } = credential;
  const { detail } = words;
  const readable = fields
    .filter(({ isSecret }) => !isSecret)
    .map(({ name, value }) => [labelOf(name), value ?? <span className={styles.soft}>{detail.notSet}</span>] as const);
  return (
    <Card title={detail.facts} actions={<MoveCredential credential={credential} />}>
      <Facts
        facts={[
          [detail.status, <StatusBadge key="status" credential={credential} />],
          [detail.connector, connector.name],
          [detail.label, label],
          [detail.project, project === "" ? words.anyProject : project],
          [detail.isDefault, isDefault ? detail.yes : detail.no],
          ...readable,
          [detail.added, <Time key="added" value={createdAt} />],
          [detail.changed, <Time key="changed" value={updatedAt} />],
          [words.columns.lastUse, lastUsedAt == null ? texts.never : <Time key="used" value={lastUsedAt} />],
          [
            detail.id,
            <span key="id" className={styles.copied}>
              <code>{id}</code>
              <CopyButton text={id} label={detail.id} />
            </span>,
          ],
        ]}
      />
    </Card>
  );
}
