import type { ComponentPropsWithRef, ReactNode } from "react";
import { Link, type LinkProps } from "react-router";
import styles from "./button.module.css";
import { Icon, type IconName } from "./icon.tsx";

type Look = {
  /** primary: what the page is for, at most once in sight. danger: what cannot be undone. */
  readonly look?: "primary" | "secondary" | "quiet" | "danger";
  readonly size?: "normal" | "small";
  readonly icon?: IconName;
};

export type ButtonProps = ComponentPropsWithRef<"button"> & Look & { readonly isBusy?: boolean };

function classOf({ look = "secondary", size = "normal" }: Look, given?: string): string {
  return [styles.button, styles[look], size === "small" ? styles.small : "", given ?? ""].join(" ");
}

/** A button; while busy it keeps its place and its focus, and does nothing. */
export function Button({ look, size, icon, isBusy = false, className, onClick, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isBusy || undefined}
      onClick={(event) => (isBusy ? event.preventDefault() : onClick?.(event))}
      className={classOf({ look, size }, className)}
    >
      {isBusy ? <span className={styles.spinner} aria-hidden="true" /> : icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({ look, size, icon, children, ...rest }: LinkProps & Look) {
  return (
    <Link {...rest} className={classOf({ look, size })}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </Link>
  );
}

/** A button that shows an icon alone and says its label to those who do not see it, and to the pointer. */
export function IconButton({
  label,
  icon,
  ...rest
}: Omit<ButtonProps, "children"> & { readonly label: string; readonly icon: IconName }) {
  return (
    <Button look="quiet" {...rest} aria-label={label} title={label} className={styles.iconOnly}>
      <Icon name={icon} />
    </Button>
  );
}

/** Buttons in a row, wrapping where it is narrow. */
export function ButtonRow({ children }: { readonly children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}
