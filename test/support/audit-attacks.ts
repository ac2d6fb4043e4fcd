import type { Database } from "../../src/database/database.ts";

/** What somebody who can write to the database does to a trail at a place, 0 to 1 along it. */
export type Attack = (database: Database, place: number) => Promise<void>;

/** A link in the middle of a chain, at a place along all of those. */
async function linkAt({ client }: Database, place: number) {
  const where = { sequence: { gt: 1 } };
  const count = await client.auditEvent.count({ where });
  const orderBy = [{ chainId: "asc" as const }, { sequence: "asc" as const }];
  return client.auditEvent.findFirstOrThrow({ where, orderBy, skip: Math.min(count - 1, Math.floor(place * count)) });
}

const EDITED_COLUMNS = ["action", "outcome", "actorId", "targetId", "ownerId", "ip", "correlationId", "details"] as const;

/** Each by its name. Whatever was removed can be put back only from the copy that the test keeps. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  edit: async (database, place) => {
    const { id } = await linkAt(database, place);
    const column = EDITED_COLUMNS[Math.floor(place * 997) % EDITED_COLUMNS.length] ?? "action";
    await database.client.auditEvent.update({ where: { id }, data: { [column]: "edited" } });
  },
  delete: async (database, place) => {
    const { id } = await linkAt(database, place);
    await database.client.auditEvent.delete({ where: { id } });
  },
  insert: async (database, place) => {
    const { chainId, ...link } = await linkAt(database, place);
    const last = await database.client.auditEvent.findFirstOrThrow({ where: { chainId }, orderBy: { sequence: "desc" } });
    const id = `${link.id.slice(0, -4)}zzzz`;
    await database.client.auditEvent.create({ data: { ...link, id, chainId, sequence: (last.sequence ?? 0) + 1 } });
  },
  "insert outside of every chain": async (database, place) => {
    const link = await linkAt(database, place);
    const id = `${link.id.slice(0, -4)}zzzz`;
    await database.client.auditEvent.create({ data: { ...link, id, chainId: null, sequence: null, mac: null } });
  },
  reorder: async (database, place) => {
    const later = await linkAt(database, place);
    const where = { chainId: later.chainId, sequence: (later.sequence ?? 0) - 1 };
    const earlier = await database.client.auditEvent.findFirstOrThrow({ where });
    const move = (id: string, sequence: number | null) =>
      database.client.auditEvent.update({ where: { id }, data: { sequence } });
    await move(later.id, -1);
    await move(earlier.id, later.sequence);
    await move(later.id, earlier.sequence);
  },
  truncate: async (database, place) => {
    const link = await linkAt(database, place);
    const [chainId, sequence] = [link.chainId ?? "", link.sequence];
    await database.client.auditEvent.deleteMany({ where: { chainId, sequence: { gte: sequence ?? 0 } } });
    // The heads in the store are as easily removed as the links.
    await database.client.auditAnchor.deleteMany({ where: { chainId } });
  },
  "remove a whole chain": async (database, place) => {
    const chainId = (await linkAt(database, place)).chainId ?? "";
    await database.client.auditEvent.deleteMany({ where: { chainId } });
    await database.client.auditAnchor.deleteMany({ where: { chainId } });
  },
};
