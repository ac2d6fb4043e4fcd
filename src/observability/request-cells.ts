import type { Counter, Family, Histogram } from "./cells.ts";

/** Counts requests; what a route has counted already costs two look-ups and no text. */
export type RequestCells = {
  /** `route` is a pattern of the router's. Methods beyond the usual ones are counted together. */
  note(method: string, route: string, outcome: string, milliseconds: number): void;
};

type RouteCells = { readonly method: string; readonly seconds: Histogram; readonly outcomes: Map<string, Counter> };

const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);

/** Request cells over their two families. */
export function createRequestCells(counts: Family<Counter>, seconds: Family<Histogram>): RequestCells {
  const routes = new Map<string, Map<string, RouteCells>>();

  const open = (sent: string, route: string): RouteCells => {
    const method = METHODS.has(sent) ? sent : "other";
    const cells = { method, seconds: seconds.of(method, route), outcomes: new Map() };
    const methods = routes.get(route) ?? new Map<string, RouteCells>();
    routes.set(route, methods.set(sent, cells));
    return cells;
  };

  return {
    note: (method, route, outcome, milliseconds) => {
      const cells = routes.get(route)?.get(method) ?? open(method, route);
      cells.seconds.observe(milliseconds / 1_000);
      let count = cells.outcomes.get(outcome);
      if (count === undefined) {
        count = counts.of(cells.method, route, outcome);
        cells.outcomes.set(outcome, count);
      }
      count.add();
    },
  };
}
