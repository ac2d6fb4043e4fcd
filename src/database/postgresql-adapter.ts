import { PrismaPg } from "@prisma/adapter-pg";
import type { StoreLoad } from "./database.ts";

/** What a pool of `pg` tells of itself. */
type Pool = { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number };

/** What is under way in a pool. */
export function loadOf({ totalCount, idleCount, waitingCount }: Pool): StoreLoad {
  return { inUse: totalCount - idleCount, waiting: waitingCount };
}

/** Prisma's PostgreSQL driver, which tells how busy its connections are. */
export class PostgresqlDriver extends PrismaPg {
  #pool: Pool | undefined;

  override async connect() {
    const adapter = await super.connect();
    this.#pool = adapter.underlyingDriver();
    return adapter;
  }

  load(): StoreLoad {
    return this.#pool === undefined ? { inUse: 0, waiting: 0 } : loadOf(this.#pool);
  }
}
