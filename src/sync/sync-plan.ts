import { z } from "zod";

/*
 * Where a run begins, how far the next may trust it, and when it must not delete. An upstream stamps a row with the time
 * its transaction began and shows it when that commits, so what is new can appear behind what was already read.
 */

/** Read again before the cursor: longer than a request may last in Odoo (`limit_time_real`, 120 s). */
const OVERLAP_MS = 150_000;

/**
 * An incremental run becomes a full one this long after the last: for commits later than the overlap (imports, crons)
 * and for changes that do not move the upstream's time stamp.
 */
const FULL_INTERVAL_MS = 24 * 60 * 60 * 1_000;

/**
 * More than this share and more than this many rows gone at once look like a changed permission or company, not like
 * deletions. Below a hundred rows a person may well have cleared the half.
 */
const MASS_DISAPPEARANCE = { share: 0.5, rows: 100 } as const;

const checkpoint = z.strictObject({
  /** The upstream database that is read. */
  upstreamKey: z.string(),
  isFull: z.boolean(),
  changedSince: z.string().nullable(),
  /** Every row up to this id is stored; after the last one the ids are compared, always from the beginning. */
  afterId: z.int(),
  /** Greatest upstream time seen, in milliseconds. */
  newestMs: z.int().nullable(),
  /** When the reading began, by our clock, in milliseconds. */
  beganMs: z.int(),
});

/** The place of a run; stored with every page, in its transaction. */
export type Checkpoint = Readonly<z.output<typeof checkpoint>>;

/** The checkpoint that was stored, or null when there is none or another build wrote it: the run then starts again. */
export function parseCheckpoint(text: string | null): Checkpoint | null {
  if (text === null) return null;
  const result = checkpoint.safeParse(JSON.parse(text));
  return result.success ? result.data : null;
}

/** A time as upstreams write it: `YYYY-MM-DD HH:MM:SS`, UTC. */
export function formatUpstreamTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

function parseUpstreamTime(text: string): number {
  return Date.parse(`${text.replace(" ", "T")}Z`);
}

export type KnownState = {
  readonly upstreamKey: string;
  readonly cursor: string | null;
  readonly lastFullAt: Date | null;
};

/** Where a new run begins: from the start when asked to, the first time, on another database and once a day. */
export function planRun(wantsFull: boolean, state: KnownState | null, upstreamKey: string, now: Date): Checkpoint {
  const cursor = state !== null && state.upstreamKey === upstreamKey ? state.cursor : null;
  const lastFullMs = state?.lastFullAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  const isFull = wantsFull || cursor === null || now.getTime() - lastFullMs >= FULL_INTERVAL_MS;
  return {
    upstreamKey,
    isFull,
    changedSince: isFull || cursor === null ? null : formatUpstreamTime(parseUpstreamTime(cursor) - OVERLAP_MS),
    afterId: 0,
    newestMs: null,
    beganMs: now.getTime(),
  };
}

/**
 * The cursor after a run: the greatest upstream time seen, less what the reading took. A row behind the page being read
 * may change meanwhile, and a later row then carries a later time; at `newest - duration` the upstream's clock had not
 * begun the run, whatever it shows compared to ours. An earlier cursor only reads more again, so a time stamp in the
 * future counts as now.
 */
export function nextCursor(previous: string | null, checkpoint: Checkpoint, now: Date): string | null {
  const { newestMs, beganMs, isFull } = checkpoint;
  if (newestMs === null) return isFull ? null : previous;
  const next = formatUpstreamTime(Math.min(newestMs, now.getTime()) - Math.max(0, now.getTime() - beganMs));
  return !isFull && previous !== null && previous > next ? previous : next;
}

/** True when so much is gone that deleting it would more likely be our mistake than somebody's wish. */
export function isMassDisappearance(vanished: number, stored: number): boolean {
  return vanished > MASS_DISAPPEARANCE.rows && vanished > stored * MASS_DISAPPEARANCE.share;
}
