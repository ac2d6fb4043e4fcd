import type { ComponentProps } from "react";
import { BarChart } from "../../parts/chart.tsx";
import { Table } from "../../parts/table.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./admin.module.css";

const words = texts.admin.overview;

/** A chart, and below it the same as a table for whoever wants the numbers. */
export function ChartWithTable<Row>({
  chart,
  table,
}: {
  readonly chart: ComponentProps<typeof BarChart>;
  /** Only the rows in which there was something. */
  readonly table: Omit<ComponentProps<typeof Table<Row>>, "label">;
}) {
  const label = words.table(chart.title);
  return (
    <div className={styles.chart}>
      <BarChart {...chart} />
      <details>
        <summary>{label}</summary>
        {table.rows.length === 0 ? <p className={styles.soft}>{words.nothing}</p> : <Table label={label} {...table} />}
      </details>
    </div>
  );
}
