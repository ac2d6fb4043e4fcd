import type { Database } from "../database/database.ts";
import { Prisma } from "../database/generated/sqlite/client.ts";
import { DAY_MS, HOUR_MS } from "../durations.ts";
import { badInput } from "../errors.ts";
import type { Clock } from "../identifiers.ts";
import type { AuditAnchor } from "./audit-anchor.ts";
import type { AuditReader } from "./audit-event.service.ts";
import type { AuditLog } from "./audit-log.ts";
import type { AuditSecret } from "./audit-secret.ts";
import type { AuditFault } from "./chain-verifier.ts";
import type { RecordAuditRead } from "./read-recorder.ts";
import { verifyTrail } from "./trail-verification.ts";

/** One chain as it stands: its last link, how far it is signed for, and how far a cut removed it. */
export type ChainState = {
  readonly id: string;
  readonly sequence: number;
  readonly signedSequence: number;
  readonly signedAt: Date | null;
  readonly isEnded: boolean;
  readonly cutSequence: number;
};

/** A verification that runs or has run on this node. `isWhole` is null until it is over. */
export type TrailVerification = {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly checkedEvents: number;
  readonly totalEvents: number;
  readonly isWhole: boolean | null;
  readonly faultCount: number;
  readonly faults: readonly AuditFault[];
};

/** How many events of an action and outcome there were in an hour or a day that begins at `start`. */
export type AuditCount = { readonly start: Date; readonly action: string; readonly outcome: string; readonly count: number };
export type AuditRange = { readonly from?: Date | null | undefined; readonly to?: Date | null | undefined };
export type AuditInterval = "HOUR" | "DAY";

export type AuditChainServiceDependencies<Reader extends AuditReader> = {
  readonly database: Database;
  readonly secret: AuditSecret;
  readonly headsFile: string;
  readonly audit: AuditLog;
  readonly recordRead: RecordAuditRead;
  readonly clock: Clock;
  readonly requirePermission: (reader: Reader, permission: "audit:read-all" | "audit:verify") => void;
};

const MOST_CHAINS = 100;
/** A small trail is answered for at once; a large one goes on in the background, and progress is asked for. */
const WAIT_MS = 2_000;
const MOST_HOURS = 24 * 93;

/** Shows auditors the state of the chains, and verifies them on demand; one verification at a time on a node. */
export class AuditChainService<Reader extends AuditReader = AuditReader> {
  readonly #dependencies: AuditChainServiceDependencies<Reader>;
  #verification: TrailVerification | null = null;
  #running: Promise<void> | null = null;

  constructor(dependencies: AuditChainServiceDependencies<Reader>) {
    this.#dependencies = dependencies;
  }

  /** The chains that began last, newest first, at most a hundred. */
  async findChains(reader: Reader): Promise<readonly ChainState[]> {
    this.#dependencies.requirePermission(reader, "audit:read-all");
    await this.#dependencies.recordRead(reader);
    const { client } = this.#dependencies.database;
    const rows = await client.auditEvent.groupBy({
      by: ["chainId"],
      where: { chainId: { not: null } },
      _max: { sequence: true },
      orderBy: { chainId: "desc" },
      take: MOST_CHAINS,
    });
    const anchors = await client.auditAnchor.findMany({ where: { chainId: { in: rows.flatMap((row) => row.chainId ?? []) } } });
    return rows.map((row) => stateOf(String(row.chainId), row._max.sequence ?? 0, anchors as AuditAnchor[]));
  }

  /** The verification that runs or ran last on this node; null when none did. */
  findVerification(reader: Reader): TrailVerification | null {
    this.#dependencies.requirePermission(reader, "audit:read-all");
    return this.#verification;
  }

  /** Verifies the trail, or joins the verification under way. After two seconds it goes on in the background. */
  async verify(reader: Reader): Promise<TrailVerification | null> {
    this.#dependencies.requirePermission(reader, "audit:verify");
    this.#running ??= this.#run(reader).finally(() => {
      this.#running = null;
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, WAIT_MS);
    });
    // A failure in the background is nobody's any more.
    this.#running.catch(() => {});
    await Promise.race([this.#running, patience]).finally(() => clearTimeout(timer));
    return this.#verification;
  }

  /** Counts by hour or day (UTC), action and outcome. */
  async count(reader: Reader, range: AuditRange, interval: AuditInterval): Promise<readonly AuditCount[]> {
    this.#dependencies.requirePermission(reader, "audit:read-all");
    const to = range.to ?? this.#dependencies.clock.now();
    const from = range.from ?? new Date(to.getTime() - 30 * DAY_MS);
    const hours = (to.getTime() - from.getTime()) / HOUR_MS;
    if (!(hours > 0)) throw badInput("to", "to must be later than from.");
    const intervals = interval === "HOUR" ? hours : hours / 24;
    if (intervals > MOST_HOURS) throw badInput("from", `There may be ${MOST_HOURS} intervals at most.`);
    await this.#dependencies.recordRead(reader);
    const { client, provider } = this.#dependencies.database;
    const digits = interval === "HOUR" ? 13 : 10;
    // Text on SQLite, and the same text of PostgreSQL's: the beginning of a time in ISO 8601 is its hour or day.
    const start =
      provider === "sqlite"
        ? Prisma.sql`substr("createdAt", 1, ${digits})`
        : Prisma.sql`substr(to_char("createdAt", 'YYYY-MM-DD"T"HH24'), 1, ${digits}::int)`;
    const rows = await client.$queryRaw<{ start: string; action: string; outcome: string; count: number | bigint }[]>`
      SELECT ${start} AS "start", "action", "outcome", count(*) AS "count" FROM "AuditEvent"
      WHERE "createdAt" >= ${from} AND "createdAt" < ${to} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
    const timeOf = (text: string) => new Date(interval === "HOUR" ? `${text}:00:00Z` : `${text}T00:00:00Z`);
    return rows.map((row) => ({ ...row, start: timeOf(row.start), count: Number(row.count) }));
  }

  async #run(reader: Reader): Promise<void> {
    const { database, secret, headsFile, audit, clock } = this.#dependencies;
    const totalEvents = await database.client.auditEvent.count();
    const begun = { startedAt: clock.now(), finishedAt: null, totalEvents, isWhole: null, faultCount: 0, faults: [] };
    const onProgress = (checkedEvents: number) => {
      this.#verification = { ...begun, checkedEvents };
    };
    onProgress(0);
    const verdict = await verifyTrail({ database, secret, headsFile, onProgress });
    const { events, chains, faultCount, faults } = verdict;
    const isWhole = faultCount === 0;
    const outcome = isWhole ? "SUCCEEDED" : "FAILED";
    await audit.record({ actor: reader, action: "AUDIT_VERIFIED", outcome, details: { events, chains, faults: faultCount } });
    this.#verification = { ...begun, finishedAt: clock.now(), checkedEvents: events, isWhole, faultCount, faults };
  }
}

function stateOf(id: string, sequence: number, anchors: readonly AuditAnchor[]): ChainState {
  const own = anchors.filter(({ chainId }) => chainId === id);
  const signed = own.filter(({ kind }) => kind !== "CUT").sort((one, other) => other.sequence - one.sequence)[0];
  return {
    id,
    sequence,
    signedSequence: signed?.sequence ?? 0,
    signedAt: signed?.createdAt ?? null,
    isEnded: own.some(({ kind }) => kind === "END"),
    cutSequence: own.find(({ kind }) => kind === "CUT")?.sequence ?? 0,
  };
}
