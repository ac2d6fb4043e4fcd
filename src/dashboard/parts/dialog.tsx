import { AlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { type ReactNode, useId, useRef, useState } from "react";
import { texts } from "../texts/texts.ts";
import { Button, IconButton } from "./button.tsx";
import styles from "./dialog.module.css";
import { TextField } from "./field.tsx";

type DialogFrame = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
};

/**
 * A window on top of the page; keeps the focus, gives it back, closes with Escape. A click beside it does not close it: what
 * was typed in it, or is shown in it once, would be lost.
 */
export function Dialog({ isOpen, onClose, title, description, children }: DialogFrame) {
  const popup = useRef<HTMLDivElement>(null);
  // A form begins with its first field, not with the button that closes it; by touch that would open the keyboard.
  const firstField = () => popup.current?.querySelector<HTMLElement>("form :is(input, select, textarea)") ?? true;
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()} disablePointerDismissal>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles.backdrop} />
        <BaseDialog.Popup ref={popup} initialFocus={(how) => how === "touch" || firstField()} className={styles.popup}>
          <div className={styles.head}>
            <BaseDialog.Title>{title}</BaseDialog.Title>
            <BaseDialog.Close render={<IconButton label={texts.actions.close} icon="close" size="small" />} />
          </div>
          {description !== undefined && (
            <BaseDialog.Description render={<div />} className={styles.description}>
              {description}
            </BaseDialog.Description>
          )}
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** The same for a question that has to be answered. */
export function QuestionDialog({ isOpen, onClose, title, description, children }: DialogFrame) {
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles.backdrop} />
        <AlertDialog.Popup className={styles.popup}>
          <AlertDialog.Title>{title}</AlertDialog.Title>
          {description !== undefined && (
            <AlertDialog.Description render={<div />} className={styles.description}>
              {description}
            </AlertDialog.Description>
          )}
          {children}
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** The buttons at a dialog's end. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}

/** Asks before something that cannot be undone; with `typed` that text has to be typed first. */
export function ConfirmDialog({
  typed,
  confirmLabel,
  onConfirm,
  isBusy = false,
  isDangerous = true,
  error,
  ...frame
}: DialogFrame & {
  readonly typed?: { readonly label: string; readonly text: string };
  readonly confirmLabel: string;
  readonly onConfirm: () => void;
  readonly isBusy?: boolean;
  /** False for what can be undone. */
  readonly isDangerous?: boolean;
  readonly error?: string | null;
}) {
  const [given, setGiven] = useState("");
  const [isMistyped, setMistyped] = useState(false);
  const form = useId();
  const close = () => {
    setGiven("");
    setMistyped(false);
    frame.onClose();
  };
  return (
    <QuestionDialog isOpen={frame.isOpen} title={frame.title} description={frame.description} onClose={close}>
      <form
        id={form}
        noValidate
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed !== undefined && given !== typed.text) setMistyped(true);
          else if (!isBusy) onConfirm();
        }}
      >
        {frame.children}
        {typed !== undefined && (
          <TextField
            label={typed.label}
            value={given}
            onChange={(event) => setGiven(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            error={isMistyped && given !== typed.text ? texts.mistyped(typed.text) : null}
          />
        )}
        {error !== undefined && error !== null && (
          <p role="alert" className={styles.error}>
            {error}
          </p>
        )}
      </form>
      <DialogActions>
        <Button onClick={close}>{texts.actions.cancel}</Button>
        <Button type="submit" form={form} look={isDangerous ? "danger" : "primary"} isBusy={isBusy}>
          {confirmLabel}
        </Button>
      </DialogActions>
    </QuestionDialog>
  );
}
