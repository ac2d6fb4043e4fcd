import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import type { ConnectionTestModel } from "../database/generated/sqlite/models.ts";
import { createGradualSweep, SWEPT_AT_ONCE, type SweepNext } from "../database/gradual-sweep.ts";
import { DAY_MS } from "../durations.ts";
import type { Clock } from "../identifiers.ts";

type TestPlace = Pick<ConnectionTestModel, "id" | "testedAt">;

export type LeftoversDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly config: Pick<Config, "CONNECTION_TEST_DAYS">;
};

/**
 * Deletes what credentials leave behind, a bounded number of rows at a call: connection tests older than
 * `CONNECTION_TEST_DAYS` but for each credential's last one, and the leases of credentials that are gone.
 */
export function createLeftoverSweep(deps: LeftoversDeps): () => Promise<void> {
  const sweepTests = createGradualSweep(oldTests(deps), deps.clock);
  const sweepLeases = createGradualSweep(orphanedLeases(deps), deps.clock);
  return async () => {
    await sweepTests();
    await sweepLeases();
  };
}

function oldTests({ database: { client }, clock, config }: LeftoversDeps): SweepNext<TestPlace> {
  return async (after) => {
    const before = new Date(clock.now().getTime() - config.CONNECTION_TEST_DAYS * DAY_MS);
    const next = after === null ? {} : { OR: [{ testedAt: { gt: after.testedAt } }, { id: { gt: after.id } }] };
    const tests = await client.connectionTest.findMany({
      where: { testedAt: { lt: before, ...(after && { gte: after.testedAt }) }, ...next },
      orderBy: [{ testedAt: "asc" }, { id: "asc" }],
      take: SWEPT_AT_ONCE,
      select: { id: true, testedAt: true },
    });
    const ids = tests.map(({ id }) => id);
    // Read after them: a test becomes its credential's last one in the transaction that stores it, and never later.
    const credentials = await client.credential.findMany({ where: { lastTestId: { in: ids } }, select: { lastTestId: true } });
    const kept = new Set(credentials.map(({ lastTestId }) => lastTestId));
    await client.connectionTest.deleteMany({ where: { id: { in: ids.filter((id) => !kept.has(id)) } } });
    return tests.at(-1) ?? null;
  };
}

/**
 * A lease's row outlives its end, so that its tokens never start over, but not its credential: nobody takes it again, and a
 * holder that is overtaken by this finds its lease lost.
 */
function orphanedLeases({ database: { client }, clock }: LeftoversDeps): SweepNext<string> {
  return async (after) => {
    const leases = await client.lease.findMany({
      where: after === null ? {} : { name: { gt: after } },
      orderBy: { name: "asc" },
      take: SWEPT_AT_ONCE,
      select: { name: true },
    });
    // `purpose:credential`, with or without more; leases for other work have no such part.
    const ownerOf = ({ name }: { readonly name: string }) => name.split(":")[1];
    const ids = [...new Set(leases.map(ownerOf))].filter((id) => id !== undefined);
    const credentials = await client.credential.findMany({ where: { id: { in: ids } }, select: { id: true } });
    const living = new Set<string | undefined>([undefined, ...credentials.map(({ id }) => id)]);
    const names = leases.filter((lease) => !living.has(ownerOf(lease))).map(({ name }) => name);
    await client.lease.deleteMany({ where: { name: { in: names }, expiresAt: { lt: clock.now() } } });
    return leases.at(-1)?.name ?? null;
  };
}
