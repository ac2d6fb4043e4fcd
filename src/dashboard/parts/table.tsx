import { memo, type ReactNode, useEffect, useRef } from "react";
import { texts } from "../texts/texts.ts";
import { Button } from "./button.tsx";
import styles from "./table.module.css";

export type Column<Row> = {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** Words that are not broken for the room that others could give. */
  readonly isWord?: boolean;
  /** The title is for screen readers alone: a column of buttons. */
  readonly isUntitled?: boolean;
};

/** Rows under titles; where it is narrow each row is a card whose cells carry their titles. */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
}: {
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}) {
  const frame = useKeptFocus(rows);
  return (
    <div {...frame} className={styles.frame}>
      <table className={styles.table}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            {columns.map(({ key, title, isNumber, isUntitled }) => (
              <th key={key} scope="col" className={isNumber ? styles.number : undefined}>
                {isUntitled ? <span className="visually-hidden">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <TableRow key={keyOf(row)} columns={columns} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** For the frame of rows: what had the focus may go with its row, and the keyboard would start over at the top of the page. */
function useKeptFocus(rows: readonly unknown[]) {
  const frame = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows may take the focus away
  useEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) frame.current?.focus({ preventScroll: true });
  }, [rows]);
  return {
    ref: frame,
    tabIndex: -1,
    onFocus: () => {
      hadFocus.current = true;
    },
    onBlur: ({ target }: { readonly target: Element }) => {
      // What is taken away does not leave by itself.
      hadFocus.current = !target.isConnected;
    },
  };
}

// Drawn again only for another row: what is typed above a table must not wait for all of it.
const TableRow = memo(Cells) as typeof Cells;

function Cells<Row>({ columns, row }: { readonly columns: ReadonlyArray<Column<Row>>; readonly row: Row }) {
  return (
    <tr>
      {columns.map(({ key, title, cell, isNumber, isWord, isUntitled }) => (
        <td
          key={key}
          data-title={isUntitled ? undefined : title}
          className={isNumber ? styles.number : isWord ? styles.word : undefined}
        >
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** How many of how many are shown, and the next ones. */
export function ShowMore({
  text,
  hasMore,
  isBusy,
  onMore,
}: {
  readonly text: string;
  readonly hasMore: boolean;
  readonly isBusy: boolean;
  readonly onMore: () => void;
}) {
  return (
    <div className={styles.more}>
      <p>{text}</p>
      {hasMore && (
        <Button onClick={onMore} isBusy={isBusy}>
          {texts.actions.showMore}
        </Button>
      )}
    </div>
  );
}

/** Filters above a table. */
export function Filters({ children }: { readonly children: ReactNode }) {
  return <div className={styles.filters}>{children}</div>;
}
