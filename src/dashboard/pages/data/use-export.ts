import { useEffect, useRef, useState } from "react";
import { ask } from "../../client/ask.ts";
import { CSV_START, csvLine } from "../../parts/csv.ts";
import { download } from "../../parts/download.ts";
import { say } from "../../parts/toast.tsx";
import { texts } from "../../texts/texts.ts";
import type { RowFilter, RowList, RowVariables } from "./row-list.ts";

const PAGE_SIZE = 100;
const LONGEST_WAIT_MS = 60_000;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * All rows that fit as a file, page after page; `done` says how many are in it, and `total` of how many once that is known.
 * A gateway that asks to slow down is given the time it asks for. Leaving the page stops it.
 */
export function useExport<CountData, ExportData, Line>({
  file,
  counted,
  exported,
}: Pick<RowList<never, never, CountData, ExportData, Line>, "file" | "counted" | "exported">) {
  const [done, setDone] = useState<number | null>(null);
  const [total, setTotal] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const write = async (filter: Omit<RowVariables, "first" | "after">, signal: AbortSignal): Promise<string | null> => {
    const parts = [CSV_START, csvLine(exported.columns.map(([title]) => title))];
    let rows = 0;
    let after: string | null = null;
    for (;;) {
      const { data, problem, retryAfterMs } = await ask(exported.document, { first: PAGE_SIZE, after, ...filter }, signal);
      if (signal.aborted) return null;
      if (problem !== null) {
        if (retryAfterMs === null || retryAfterMs > LONGEST_WAIT_MS) return problem.message;
        await wait(retryAfterMs);
        continue;
      }
      const { nodes, pageInfo } = exported.pick(data);
      parts.push(nodes.map((line) => csvLine(exported.columns.map(([, textOf]) => textOf(line)))).join(""));
      rows += nodes.length;
      setDone(rows);
      after = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
      if (after === null) break;
    }
    if (signal.aborted) return null;
    download(`${file}-${new Date().toISOString().slice(0, 10)}.csv`, "text/csv;charset=utf-8", parts);
    say(texts.rows.export.done(rows));
    return null;
  };
  const countRows = async ({ search = null, credential = null }: RowFilter, signal: AbortSignal) => {
    const { data } = await ask(counted.document, { search, credential }, signal);
    if (data !== null && !signal.aborted) setTotal(counted.pick(data).totalCount);
  };
  const start = async (filter: Omit<RowVariables, "first" | "after">) => {
    const controller = new AbortController();
    running.current = controller;
    setProblem(null);
    setTotal(null);
    setDone(0);
    void countRows(filter, controller.signal);
    setProblem(await write(filter, controller.signal));
    setDone(null);
  };
  return { done, total, problem, start, stop: () => running.current?.abort() };
}
