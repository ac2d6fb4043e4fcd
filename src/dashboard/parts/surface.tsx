import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./surface.module.css";

export type Tone = "ok" | "warn" | "bad" | "info" | "neutral";

const ICONS: Record<Tone, IconName> = { ok: "checkCircle", warn: "alert", bad: "cross", info: "info", neutral: "info" };

/** A panel with a heading; `actions` stand at its right. */
export function Card({
  title,
  description,
  actions,
  children,
}: {
  readonly title?: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <section className={styles.card}>
      {title !== undefined && (
        <div className={styles.cardHead}>
          <div>
            <h2>{title}</h2>
            {description !== undefined && <p className={styles.soft}>{description}</p>}
          </div>
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}

/** A state in a word; colour, icon and text say the same. */
export function Badge({ tone, icon, children }: { readonly tone: Tone; readonly icon?: IconName; readonly children: ReactNode }) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`}>
      <Icon name={icon ?? ICONS[tone]} size={14} />
      {children}
    </span>
  );
}

/** Something to know on the page itself; `isAlert` says it at once to screen readers. */
export function Notice({
  tone,
  title,
  children,
  action,
  isAlert = false,
}: {
  readonly tone: Tone;
  readonly title?: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly isAlert?: boolean;
}) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={isAlert ? "alert" : undefined}>
      <Icon name={ICONS[tone]} />
      <div className={styles.noticeText}>
        {title !== undefined && <p className={styles.noticeTitle}>{title}</p>}
        {children !== undefined && <div>{children}</div>}
      </div>
      {action}
    </div>
  );
}

/** Nothing here yet: what would be, why it is good to have, and the way to it. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <span className={styles.emptyIcon}>
        <Icon name={icon} size={26} />
      </span>
      <h2>{title}</h2>
      {children !== undefined && <div className={styles.emptyText}>{children}</div>}
      {action}
    </div>
  );
}

/** Grey bars in the place of what is on its way, as tall as it will be. */
export function Skeleton({ rows = 3, height = "3rem" }: { readonly rows?: number; readonly height?: string }) {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars are all alike
        <div key={row} style={{ height }} />
      ))}
    </div>
  );
}

/** Names and values one below the other. */
export function Facts({ facts }: { readonly facts: ReadonlyArray<readonly [name: string, value: ReactNode]> }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
