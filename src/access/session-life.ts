import type { Config } from "../config.ts";
import type { SessionKind } from "../database/generated/sqlite/enums.ts";
import type { SessionModel } from "../database/generated/sqlite/models.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../durations.ts";
import { isAhead } from "../identifiers.ts";
import type { SessionWithUser } from "./session.repository.ts";

export type SessionLifeConfig = Pick<
  Config,
  "SESSION_DAYS" | "SESSION_IDLE_DAYS" | "COOKIE_SESSION_HOURS" | "COOKIE_SESSION_IDLE_MINUTES" | "REAUTHENTICATION_MINUTES"
>;

/** How long sessions last, by their kind. */
export type SessionLife = {
  /** The absolute end of a session that begins now. */
  endOf(kind: SessionKind, now: Date): Date;
  /** When a session ends unless it is used before. */
  idleEndOf(session: Pick<SessionModel, "kind" | "lastUsedAt" | "expiresAt">): Date;
  /** Until when the password of a session's user counts as just given. */
  confirmedUntil(session: Pick<SessionModel, "confirmedAt" | "createdAt">): Date;
  /** Whether the password of a session's user was just given. */
  isConfirmed(session: Pick<SessionModel, "confirmedAt" | "createdAt">, now: Date): boolean;
  /**
   * True for a session that was not ended, is neither expired nor idle for too long, and whose user is not disabled. One that
   * begins ahead of the clock would outlive its limits.
   */
  isLive(session: SessionWithUser, now: Date): boolean;
};

/** How far ahead a password may have been given: less would be noticed when a clock is set back a little. */
const CONFIRMATION_MARGIN_MS = 5_000;

const after = (start: Date, milliseconds: number) => new Date(start.getTime() + milliseconds);

/** The limits that the configuration sets. */
export function createSessionLife(config: SessionLifeConfig): SessionLife {
  const lifeMs = { BEARER: config.SESSION_DAYS * DAY_MS, COOKIE: config.COOKIE_SESSION_HOURS * HOUR_MS };
  const idleMs = { BEARER: config.SESSION_IDLE_DAYS * DAY_MS, COOKIE: config.COOKIE_SESSION_IDLE_MINUTES * MINUTE_MS };

  const idleEndOf: SessionLife["idleEndOf"] = ({ kind, lastUsedAt, expiresAt }) => {
    const end = after(lastUsedAt, idleMs[kind]);
    return end < expiresAt ? end : expiresAt;
  };
  const confirmedUntil: SessionLife["confirmedUntil"] = ({ confirmedAt, createdAt }) =>
    after(confirmedAt ?? createdAt, config.REAUTHENTICATION_MINUTES * MINUTE_MS);
  return {
    endOf: (kind, now) => after(now, lifeMs[kind]),
    idleEndOf,
    confirmedUntil,
    isConfirmed: (session, now) =>
      confirmedUntil(session) > now && !isAhead(session.confirmedAt ?? session.createdAt, now, CONFIRMATION_MARGIN_MS),
    isLive: (session, now) =>
      session.endedAt === null && session.user.isActive && idleEndOf(session) > now && !isAhead(session.createdAt, now),
  };
}
