import { CheckField } from "../../parts/field.tsx";
import styles from "./admin.module.css";

export type ChoicesProps = {
  readonly title: string;
  readonly choices: ReadonlyArray<readonly [value: string, label: string, help?: string]>;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly error: string | null;
};

/** Any of several, each with a box to check. */
export function Choices({ title, choices, chosen, onChange, error }: ChoicesProps) {
  return (
    <fieldset className={styles.choices}>
      <legend>{title}</legend>
      {choices.map(([value, label, help]) => (
        <CheckField
          key={value}
          label={label}
          help={help}
          checked={chosen.includes(value)}
          onChange={({ target }) => onChange(target.checked ? [...chosen, value] : chosen.filter((other) => other !== value))}
        />
      ))}
      {error !== null && (
        <p role="alert" className={styles.error}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
