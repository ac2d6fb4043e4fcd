import type { Tracing } from "./tracing.ts";

const MAX_STATEMENT = 2_000;

/** A statement without what stands in quotes: values come apart from it, but nobody should have to rely on that. */
function withoutValues(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'/g, "?").slice(0, MAX_STATEMENT);
}

/** Runs statements of requests as spans, named by their first word; the text is there, the values are not. */
export function createStatementTracer(tracing: Tracing) {
  return <Result>(sql: string, run: () => Promise<Result>): Promise<Result> => {
    const text = withoutValues(sql);
    return tracing.runWithin(/\w+/.exec(text)?.[0].toUpperCase() ?? "SQL", "client", { "db.query.text": text }, run);
  };
}
