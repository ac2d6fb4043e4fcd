import { setImmediate as nextRound } from "node:timers/promises";
import type { Transaction } from "../database/database.ts";
import { columnsOf } from "./audit-chain.ts";
import { encodeList } from "./audit-encoding.ts";
import type { AuditSecret } from "./audit-secret.ts";

const PAGE_SIZE = 200;

/** How many events stand outside of every chain, and the MAC of all of them in their order. */
export async function digestUnchained(
  secret: AuditSecret,
  { auditEvent }: Pick<Transaction, "auditEvent">,
): Promise<{ readonly count: number; readonly mac: string }> {
  // SQLite would look for them along the ids, through the whole trail; to count them it has an index.
  if ((await auditEvent.count({ where: { chainId: null } })) === 0) return { count: 0, mac: secret.mac("unchained") };
  let count = 0;
  let mac = secret.mac("unchained");
  let afterId = "";
  for (;;) {
    const where = { chainId: null, id: { gt: afterId } };
    const page = await auditEvent.findMany({ where, orderBy: { id: "asc" }, take: PAGE_SIZE });
    for (const record of page) mac = secret.mac(encodeList(["unchained", ...columnsOf(record), mac]));
    count += page.length;
    const last = page.at(-1);
    if (last === undefined) return { count, mac };
    afterId = last.id;
    await nextRound();
  }
}
