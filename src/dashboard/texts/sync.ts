import { count } from "./common.ts";

/** The page of syncs. */
export const sync = {
  title: "Sync",
  description: "Brings contacts and products from Odoo: all of them the first time, then what changed.",
  start: {
    title: "Bring data",
    credential: "From",
    contacts: "Sync contacts",
    products: "Sync products",
    isFull: "Read everything again",
    isFullHelp: "Slower. Use it when rows are missing here, or when most of them were deleted there on purpose.",
  },
  emptyTitle: "First, add your Odoo login",
  empty: "Postern brings your contacts and products with it. Add it once; every sync after that is one click.",
  emptyAction: "Add Odoo credential",
  noRunsTitle: "Nothing synced yet",
  noRuns: "Start with contacts: you see every row arrive, and you can stop at any time without losing what is here.",
  noneFoundTitle: "Nothing fits",
  noneFound: "No run fits this filter.",
  resources: { CONTACTS: "Contacts", PRODUCTS: "Products" },
  syncing: (resource: string, label: string) => `${resource} from ${label}`,
  live: {
    queued: "Waiting for its turn…",
    counting: "Counting rows…",
    rows: (processed: number, total: number) => `${processed.toLocaleString("en")} of ${count(total, "row", "rows")}`,
    rowsSoFar: (processed: number) => `${count(processed, "row", "rows")} so far`,
    rate: (perSecond: number) => `${perSecond.toLocaleString("en")} rows per second`,
    left: (time: string) => `about ${time} left`,
    cancel: "Cancel",
    cancelOf: (what: string) => `Cancel the sync of ${what}`,
    polling: "The live view broke; this looks again every two seconds.",
  },
  done: {
    SUCCEEDED: (what: string) => `${what}: done.`,
    FAILED: (what: string) => `${what}: failed.`,
    CANCELLED: (what: string) => `${what}: cancelled.`,
  },
  statuses: { QUEUED: "Waiting", RUNNING: "Running", SUCCEEDED: "Done", FAILED: "Failed", CANCELLED: "Cancelled" },
  history: {
    title: "History",
    resource: "Show",
    all: "All syncs",
    columns: {
      what: "What",
      status: "Status",
      when: "When",
      duration: "Duration",
      rows: "Rows read",
      changes: "Changes",
    },
    full: "everything",
    notYet: "–",
    changes: (created: number, updated: number, deleted: number) =>
      [
        created > 0 ? `${created.toLocaleString("en")} new` : "",
        updated > 0 ? `${updated.toLocaleString("en")} changed` : "",
        deleted > 0 ? `${deleted.toLocaleString("en")} deleted` : "",
      ]
        .filter((part) => part !== "")
        .join(", ") || "none",
  },
  chart: {
    title: "The last runs",
    rows: "Rows read",
    duration: "Duration",
    oldest: "older",
    newest: "newest",
    rowsOf: (when: string, rows: number) => `${when}: ${count(rows, "row", "rows")}`,
    durationOf: (when: string, time: string) => `${when}: ${time}`,
    summary: (runs: number, newest: string) => `${count(runs, "run", "runs")}, the newest ${newest}`,
  },
} as const;
