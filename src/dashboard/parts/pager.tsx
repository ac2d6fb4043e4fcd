import type { PagerState } from "../client/use-pager.ts";
import type { UncountedPage } from "../client/use-pages.ts";
import { texts } from "../texts/texts.ts";
import { Button, ButtonRow } from "./button.tsx";
import styles from "./table.module.css";

/** Which rows of how many are shown, and the way to those before and after. */
export function Pager({
  pager,
  size,
  of,
  isBusy,
}: {
  readonly pager: PagerState;
  /** Rows on a full page. */
  readonly size: number;
  /** The page; its count is null until it is known. */
  readonly of: UncountedPage<unknown> & { readonly totalCount: number | null };
  readonly isBusy: boolean;
}) {
  const { page, next, previous } = pager;
  const { endCursor, hasNextPage } = of.pageInfo;
  const first = page * size + 1;
  const hasPages = page > 0 || hasNextPage;
  return (
    <nav className={styles.more} aria-label={texts.pager.label}>
      <p role="status">{texts.pager.range(of.nodes.length === 0 ? 0 : first, first + of.nodes.length - 1, of.totalCount)}</p>
      {hasPages && (
        <ButtonRow>
          <Button icon="back" disabled={page === 0} onClick={previous}>
            {texts.actions.previous}
          </Button>
          <Button
            icon="arrowRight"
            disabled={!hasNextPage}
            isBusy={isBusy}
            onClick={() => (endCursor == null ? undefined : next(endCursor))}
          >
            {texts.actions.next}
          </Button>
        </ButtonRow>
      )}
    </nav>
  );
}
