import { createInterface } from "node:readline";

// Reads the contacts of an Odoo page by page, in the calls that the connector makes, and does nothing with them. A line of
// input begins a reading, "first" or "second"; a line of output says the milliseconds that it took.
const { UPSTREAM_PORT, API_KEY } = process.env;
const PAGE = 1_000;
const FIELDS = ["name", "display_name", "email", "phone", "is_company", "active", "write_date"];
/** What changed within this of the newest change is read again the next time. */
const OVERLAP_MS = 150_000;

type Row = { readonly id: number; readonly write_date: string };

async function callOdoo(method: string, named: object): Promise<unknown> {
  const headers = {
    "content-type": "application/json",
    authorization: `bearer ${API_KEY}`,
    "x-odoo-database": "odoo_db",
  };
  const body = JSON.stringify({ ...named, context: { active_test: false, lang: "en_US" } });
  const url = `http://127.0.0.1:${UPSTREAM_PORT}/json/2/res.partner/${method}`;
  const answer = await fetch(url, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${method}: ${answer.status}`);
  return answer.json();
}

/** Reads the rows that changed since a time, or all; gives the greatest time of a change. */
async function readPages(changedSince: string | null): Promise<string> {
  const changed = changedSince === null ? [] : [["write_date", ">=", changedSince]];
  let newest = "";
  for (let last = 0; ; ) {
    const page = { domain: [...changed, ["id", ">", last]], fields: FIELDS, limit: PAGE, order: "id" };
    const rows = (await callOdoo("search_read", page)) as Row[];
    for (const { write_date } of rows) if (write_date > newest) newest = write_date;
    last = rows.at(-1)?.id ?? last;
    if (rows.length < PAGE) return newest;
  }
}

let newest = "";
for await (const which of createInterface({ input: process.stdin })) {
  const begin = performance.now();
  if (which === "first") newest = await readPages(null);
  else {
    const since = new Date(Date.parse(`${newest.replace(" ", "T")}Z`) - OVERLAP_MS);
    await readPages(since.toISOString().slice(0, 19).replace("T", " "));
    await callOdoo("search", { domain: [], order: "id" });
  }
  process.stdout.write(`${performance.now() - begin}\n`);
}
