import { setImmediate as nextRound } from "node:timers/promises";
import type { Database } from "../database/database.ts";
import type { ChainedRecord, ChainPosition } from "./audit-chain.ts";

type Row = Omit<ChainedRecord, "createdAt"> & { readonly createdAt: string };

/** A place in the order of all chains: the link that was read last. */
type Place = Pick<ChainedRecord, "chainId"> & Pick<ChainPosition, "sequence">;

/** Few enough that reading and judging a page hold the event loop for some milliseconds only, also on a slow machine. */
const PAGE_SIZE = 200;

const COLUMNS = [
  "id",
  "action",
  "outcome",
  "actorType",
  "actorId",
  "targetType",
  "targetId",
  "ownerId",
  "ip",
  "correlationId",
  "details",
  "chainId",
  "sequence",
  "mac",
];

/** SQLite keeps times as text, `…+00:00`; PostgreSQL's driver would read its own as local ones. */
function selectOf(provider: Database["provider"]): string {
  const createdAt =
    provider === "sqlite" ? '"createdAt"' : `to_char("createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "createdAt"`;
  const columns = COLUMNS.map((name) => `"${name}"`).join(", ");
  return `SELECT ${columns}, ${createdAt} FROM "AuditEvent"
    WHERE ("chainId", "sequence") > ($1, $2) ORDER BY "chainId", "sequence" LIMIT ${PAGE_SIZE}`;
}

/** Every link, chain by chain in its order, a page at a time; lets others have their turn after each. */
export async function* readChains({ provider, select }: Pick<Database, "provider" | "select">): AsyncGenerator<ChainedRecord[]> {
  const sql = selectOf(provider);
  let after: Place = { chainId: "", sequence: 0 };
  for (;;) {
    const rows = await select<Row>(sql, [after.chainId, after.sequence]);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last;
    yield rows.map((row) => ({ ...row, createdAt: timeOf(row.createdAt) }));
    await nextRound();
  }
}

/** The time of a text; one that no program of ours wrote becomes 1970, which no MAC is of. */
function timeOf(text: string): Date {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? new Date(0) : time;
}
