import { type ReactNode, useEffect, useRef } from "react";
import type { Problem } from "../client/problem.ts";
import type { Loadable } from "../client/use-data.ts";
import { texts } from "../texts/texts.ts";
import { Button } from "./button.tsx";
import styles from "./page.module.css";
import { Notice, Skeleton } from "./surface.tsx";

let isFirstPage = true;

/** A page: its title names the tab and takes the focus when the page opens, so that keyboards and screen readers start there. */
export function Page({
  title,
  description,
  actions,
  back,
  children,
}: {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  /** A way back to where the page belongs. */
  readonly back?: ReactNode;
  readonly children?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title]);
  useEffect(() => {
    // A field that a page opens with keeps the focus it took; and the first page leaves it to the browser.
    const isInPage = document.activeElement?.closest("main") !== null && document.activeElement !== null;
    if (!isFirstPage && !isInPage) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return (
    <>
      <header className={styles.header}>
        <div className={styles.titles}>
          {back}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {description !== undefined && <p className={styles.description}>{description}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </>
  );
}

/** What a query brought: a skeleton until it is there, a problem with a way to try again, else the children. */
export function Loaded<Data>({
  from,
  skeleton = <Skeleton />,
  children,
}: {
  readonly from: Loadable<Data>;
  readonly skeleton?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}) {
  const { data, problem, reload } = from;
  return (
    <>
      {problem !== null && <ProblemNotice problem={problem} onRetry={reload} />}
      {data !== undefined && children(data)}
      {data === undefined && problem === null && (
        <>
          <p className="visually-hidden" role="status">
            {texts.loading}
          </p>
          {skeleton}
        </>
      )}
    </>
  );
}

/** What went wrong while something was loaded, with a way to try again. */
export function ProblemNotice({ problem, onRetry }: { readonly problem: Problem; readonly onRetry: () => void }) {
  return (
    <Notice tone="bad" title={texts.problems.title} isAlert action={<Button onClick={onRetry}>{texts.actions.retry}</Button>}>
      {problem.message}
    </Notice>
  );
}

/** Things one below the other at the usual distance. */
export function Stack({
  children,
  gap = "normal",
}: {
  readonly children: ReactNode;
  readonly gap?: "small" | "normal" | "large";
}) {
  return <div className={`${styles.stack} ${styles[gap]}`}>{children}</div>;
}

/** Things side by side, as many as fit, each at least `min` wide. */
export function Grid({ children, min = "18rem" }: { readonly children: ReactNode; readonly min?: string }) {
  return (
    <div className={styles.grid} style={{ gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${min}), 1fr))` }}>
      {children}
    </div>
  );
}
