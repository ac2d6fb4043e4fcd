import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { Dialog, DialogActions } from "../../parts/dialog.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./admin.module.css";

const words = texts.admin;

/** A secret that the gateway gives out once: in this component's memory until the dialog closes. */
export function ShownOnce({
  title,
  label,
  secret,
  onClose,
}: {
  readonly title: string;
  readonly label: string;
  readonly secret: string | null;
  readonly onClose: () => void;
}) {
  return (
    <Dialog isOpen={secret !== null} onClose={onClose} title={title} description={words.shownOnce}>
      {secret !== null && (
        <p className={styles.once}>
          <code>{secret}</code>
          <CopyButton text={secret} label={label} />
        </p>
      )}
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          {words.done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
