import { Badge } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./data.module.css";

/** A row's name, and whether it is archived at the upstream. */
export function NameCell({ name, isActive }: { readonly name: string; readonly isActive: boolean }) {
  return (
    <span className={styles.name}>
      <strong>{name}</strong>
      {!isActive && (
        <Badge tone="neutral" icon="package">
          {texts.rows.archived}
        </Badge>
      )}
    </span>
  );
}

/** A text, or a dash where there is none. */
export function OptionalText({ text }: { readonly text: string | null | undefined }) {
  return text == null || text === "" ? <span className={styles.none}>{texts.rows.none}</span> : text;
}
