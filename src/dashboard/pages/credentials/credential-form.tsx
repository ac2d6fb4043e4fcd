import { useId } from "react";
import type { CredentialByIdQuery, ListedCredentialFragment } from "../../gql/graphql.ts";
import { Button, ButtonRow } from "../../parts/button.tsx";
import { CheckField, SecretField, TextField } from "../../parts/field.tsx";
import { Card, Notice } from "../../parts/surface.tsx";
import { Unsaved } from "../../shell/unsaved.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./credentials.module.css";
import { TestLadder } from "./test-ladder.tsx";
import { type Stored, useCredentialForm } from "./use-credential-form.ts";

export type FormConnector = NonNullable<CredentialByIdQuery["credential"]>["connector"];
type FormField = FormConnector["fields"][number];

const words = texts.credentials.form;

/**
 * The form of a connector's own fields, for a new credential or over a stored one. It is tested before it is saved; what
 * failed can be saved untested, when one says so.
 */
export function CredentialForm({
  connector,
  project = "",
  stored = null,
  isSystemDefault = false,
  onSaved,
}: {
  readonly connector: FormConnector;
  readonly project?: string;
  readonly stored?: Stored | null;
  /** Saved for everybody who has none of their own. */
  readonly isSystemDefault?: boolean;
  readonly onSaved: (credential: ListedCredentialFragment) => void;
}) {
  const form = useCredentialForm(connector, project, stored, onSaved, isSystemDefault);
  const id = useId();
  return (
    <div className={styles.columns}>
      <form
        id={id}
        noValidate
        autoComplete="off"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void form.testAndSave();
        }}
      >
        <Card title={words.login}>
          {connector.fields.map((field) => (
            <ConnectorInput
              key={field.name}
              field={field}
              form={form}
              isStored={stored?.secretNames.includes(field.name) ?? false}
            />
          ))}
        </Card>
        {stored === null && <PlaceFields form={form} />}
        {stored?.isDefault !== true && (
          <CheckField
            label={words.isDefault}
            help={words.isDefaultHelp}
            checked={form.isDefault}
            onChange={({ target }) => form.setDefault(target.checked)}
          />
        )}
        {form.problem !== null && (
          <Notice tone="bad" title={texts.problems.title} isAlert>
            {form.problem}
          </Notice>
        )}
        <FormActions form={form} />
      </form>
      <Unsaved isUnsaved={form.isUnsaved} />
      {form.progress !== null && (
        <Card title={texts.credentials.test.title}>
          <TestLadder progress={form.progress} />
        </Card>
      )}
    </div>
  );
}

type Form = ReturnType<typeof useCredentialForm>;

/** Under which project and label a new one is kept. */
function PlaceFields({ form }: { readonly form: Form }) {
  return (
    <Card title={words.where}>
      <div className={styles.pair}>
        <TextField
          label={words.project}
          help={words.projectHelp}
          value={form.project}
          onChange={({ target }) => form.setProject(target.value)}
          error={form.errorOf("project")}
          isOptional
        />
        <TextField
          label={words.label}
          help={words.labelHelp}
          value={form.label}
          onChange={({ target }) => form.setLabel(target.value)}
          error={form.errorOf("label")}
        />
      </div>
    </Card>
  );
}

function FormActions({ form }: { readonly form: Form }) {
  const saveUntested = (
    <Button size="small" onClick={() => void form.saveUntested()} isBusy={form.isBusy}>
      {words.saveUntested}
    </Button>
  );
  return (
    <>
      <ButtonRow>
        <Button type="submit" look="primary" icon="check" isBusy={form.isBusy}>
          {words.testAndSave}
        </Button>
        {form.canTest && (
          <Button onClick={() => void form.test()} isBusy={form.isBusy}>
            {words.test}
          </Button>
        )}
      </ButtonRow>
      {form.progress?.result?.outcome === "FAILED" && (
        <Notice tone="warn" action={saveUntested}>
          {words.saveUntestedHelp}
        </Notice>
      )}
    </>
  );
}

function ConnectorInput({
  field,
  form,
  isStored,
}: {
  readonly field: FormField;
  readonly form: Form;
  readonly isStored: boolean;
}) {
  const { name, label, isSecret, isRequired } = field;
  const wanted = [field.description, field.patternHelp, field.minLength && words.atLeast(field.minLength)];
  const description = wanted.filter(Boolean).join(" ");
  const input = {
    label,
    name: `field-${name}`,
    isOptional: !isRequired && !isStored,
    value: form.values[name] ?? "",
    onChange: ({ target }: { target: { value: string } }) => form.setValue(name, target.value),
    onBlur: () => form.checkValue(name),
    error: form.errorOf(`fields.${name}`),
    spellCheck: false,
    autoCapitalize: "off",
  };
  if (!isSecret) return <TextField {...input} help={description} autoComplete="off" />;
  return <SecretField {...input} help={isStored ? words.keepSecret : description} autoComplete="new-password" />;
}
