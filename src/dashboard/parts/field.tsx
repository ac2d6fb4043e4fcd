import { type ComponentPropsWithRef, type ReactNode, useId, useState } from "react";
import { texts } from "../texts/texts.ts";
import styles from "./field.module.css";
import { Icon } from "./icon.tsx";

type FieldFrame = {
  readonly label: string;
  readonly help?: ReactNode;
  /** What is wrong with it; said to screen readers and shown instead of nothing. */
  readonly error?: string | null;
  readonly isOptional?: boolean;
};

/** Ties a control to its label, help and error; `children` gets the attributes that the control is to have. */
export function Field({
  label,
  help,
  error,
  isOptional = false,
  children,
}: FieldFrame & {
  readonly children: (control: {
    readonly id: string;
    readonly "aria-describedby": string | undefined;
    readonly "aria-invalid": true | undefined;
  }) => ReactNode;
}) {
  const id = useId();
  const hasError = error !== undefined && error !== null && error !== "";
  const described = [help ? `${id}-help` : "", hasError ? `${id}-error` : ""].filter(Boolean).join(" ") || undefined;
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
        {isOptional && <span className={styles.optional}> · {texts.optional}</span>}
      </label>
      {children({ id, "aria-describedby": described, "aria-invalid": hasError || undefined })}
      {hasError && (
        <p id={`${id}-error`} className={styles.error} role="alert">
          <Icon name="alert" size={15} /> {error}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className={styles.help}>
          {typeof help === "string" ? proseOf(help) : help}
        </p>
      )}
    </div>
  );
}

/** A text with what stands between backquotes as code: the gateway's own descriptions are written so. */
function proseOf(text: string): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name, and stay where they are
  return text.split("`").map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>));
}

/** A line of text. */
export function TextField({ label, help, error, isOptional, ...input }: FieldFrame & ComponentPropsWithRef<"input">) {
  return (
    <Field label={label} help={help} error={error} isOptional={isOptional}>
      {(control) => <input type="text" {...input} {...control} className={styles.input} />}
    </Field>
  );
}

/** A secret: hidden until asked, never offered from what the browser keeps unless `autoComplete` says so. */
export function SecretField({ label, help, error, isOptional, ...input }: FieldFrame & ComponentPropsWithRef<"input">) {
  const [isShown, setShown] = useState(false);
  return (
    <Field label={label} help={help} error={error} isOptional={isOptional}>
      {(control) => (
        <div className={styles.secret}>
          <input
            autoComplete="new-password"
            spellCheck={false}
            autoCapitalize="off"
            {...input}
            {...control}
            type={isShown ? "text" : "password"}
            className={styles.input}
          />
          <button
            type="button"
            className={styles.show}
            aria-pressed={isShown}
            aria-label={`${isShown ? texts.actions.hidePassword : texts.actions.showPassword}: ${label}`}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? texts.actions.hidePassword : texts.actions.showPassword}
          </button>
        </div>
      )}
    </Field>
  );
}

/** One of a few. */
export function SelectField({
  label,
  help,
  error,
  isOptional,
  children,
  ...select
}: FieldFrame & ComponentPropsWithRef<"select">) {
  return (
    <Field label={label} help={help} error={error} isOptional={isOptional}>
      {(control) => (
        <span className={styles.selectFrame}>
          <select {...select} {...control} className={styles.input}>
            {children}
          </select>
          <Icon name="chevronDown" size={16} />
        </span>
      )}
    </Field>
  );
}

/** Yes or no. */
export function CheckField({ label, help, ...input }: Pick<FieldFrame, "label" | "help"> & ComponentPropsWithRef<"input">) {
  const id = useId();
  return (
    <div className={styles.check}>
      <input type="checkbox" {...input} id={id} aria-describedby={help ? `${id}-help` : undefined} />
      <div>
        <label htmlFor={id}>{label}</label>
        {help && (
          <p id={`${id}-help`} className={styles.help}>
            {help}
          </p>
        )}
      </div>
    </div>
  );
}

/** Looks for something as it is typed; its label is for those who do not see the glass. */
export function SearchField({ label, ...input }: { readonly label: string } & ComponentPropsWithRef<"input">) {
  return (
    <span className={styles.search}>
      <Icon name="search" size={16} />
      <input type="search" placeholder={label} {...input} aria-label={label} className={styles.input} />
    </span>
  );
}
