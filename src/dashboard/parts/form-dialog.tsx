import type { ReactNode } from "react";
import { texts } from "../texts/texts.ts";
import { Button } from "./button.tsx";
import styles from "./dialog.module.css";
import { Dialog, DialogActions } from "./dialog.tsx";
import { Notice } from "./surface.tsx";

/** A form on top of the page: what is wrong as a whole stands above its buttons, and what is under way is sent no second time. */
export function FormDialog({
  isOpen,
  onClose,
  title,
  submitLabel,
  isBusy,
  problem,
  onSubmit,
  children,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly submitLabel: string;
  readonly isBusy: boolean;
  readonly problem: string | null;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title}>
      <form
        noValidate
        autoComplete="off"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) onSubmit();
        }}
      >
        {children}
        {problem !== null && (
          <Notice tone="bad" isAlert>
            {problem}
          </Notice>
        )}
        <DialogActions>
          <Button onClick={onClose}>{texts.actions.cancel}</Button>
          <Button type="submit" look="primary" isBusy={isBusy}>
            {submitLabel}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
