import type { Database, Transaction } from "../database/database.ts";
import type { RefreshTokenModel, SessionModel } from "../database/generated/sqlite/models.ts";
import { type Stored, toTime } from "../database/prepared-statements.ts";
import type { Sealed } from "../keys/envelope.ts";
import { type StoredUser, toUserRecord, type UserRecord } from "./user.repository.ts";

export type SessionWithUser = SessionModel & { readonly user: UserRecord };

export type RefreshTokenWithSession = RefreshTokenModel & { readonly session: SessionWithUser };

/** How a refresh token was used: when, by whom, and what replaced it. */
export type RefreshTokenUse = {
  readonly usedAt: Date;
  readonly usedBy: Uint8Array<ArrayBuffer>;
  readonly successor: Sealed;
  readonly successorExpiresAt: Date;
};

const USER_WITHOUT_HASH = { omit: { passwordHash: true } } as const;

/** A row of a session with the columns of its user that the session's own do not hide. */
type Row = Stored<SessionModel, "createdAt" | "lastUsedAt" | "confirmedAt" | "expiresAt" | "endedAt"> &
  Omit<StoredUser, "id" | "createdAt" | "updatedAt"> & {
    readonly userCreatedAt: string | Date;
    readonly userUpdatedAt: string | Date;
  };

const BY_ID = `SELECT s.*, u."username", u."canonicalName", u."email", u."role", u."isActive", u."secondFactorSince", u."passwordMadeAt",
  u."createdAt" AS "userCreatedAt", u."updatedAt" AS "userUpdatedAt"
  FROM "Session" s JOIN "User" u ON u."id" = s."userId" WHERE s."id" = $1`;

const NO_SUCCESSOR = {
  successorKeyId: null,
  successorWrappedKey: null,
  successorCiphertext: null,
  successorExpiresAt: null,
} as const;

/** Rows of sessions and their refresh tokens. What two nodes may do at once is decided by conditional updates. */
export class SessionRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By a prepared read: every few seconds each session that is in use is asked for. */
  async findById(id: string): Promise<SessionWithUser | null> {
    const [row] = await this.#database.select<Row>(BY_ID, [id]);
    return row === undefined ? null : toSessionWithUser(row);
  }

  findRefreshToken(tokenHash: Uint8Array<ArrayBuffer>): Promise<RefreshTokenWithSession | null> {
    return this.#database.client.refreshToken.findUnique({
      where: { tokenHash },
      include: { session: { include: { user: USER_WITHOUT_HASH } } },
    });
  }

  async create(transaction: Transaction, session: SessionModel): Promise<void> {
    await transaction.session.create({ data: session, select: { id: true } });
  }

  async addRefreshToken(
    transaction: Transaction,
    token: Pick<RefreshTokenModel, "id" | "sessionId" | "createdAt"> & { readonly tokenHash: Uint8Array<ArrayBuffer> },
  ): Promise<void> {
    await transaction.refreshToken.create({ data: token, select: { id: true } });
  }

  /** Marks a token as used; false when somebody else did so before. */
  async consumeRefreshToken(transaction: Transaction, id: string, use: RefreshTokenUse): Promise<boolean> {
    const { usedAt, usedBy, successor, successorExpiresAt } = use;
    const { count } = await transaction.refreshToken.updateMany({
      where: { id, usedAt: null },
      data: {
        usedAt,
        usedBy,
        successorKeyId: successor.keyId,
        successorWrappedKey: successor.wrappedKey,
        successorCiphertext: successor.ciphertext,
        successorExpiresAt,
      },
    });
    return count === 1;
  }

  /** Notes that a session is in use; false when it has been ended. */
  async touch(transaction: Transaction, id: string, lastUsedAt: Date): Promise<boolean> {
    const { count } = await transaction.session.updateMany({ where: { id, endedAt: null }, data: { lastUsedAt } });
    return count === 1;
  }

  /** The same for a use that may be noted late: a later one that stands there already stays. */
  async noteUse(id: string, lastUsedAt: Date): Promise<void> {
    const where = { id, endedAt: null, lastUsedAt: { lt: lastUsedAt } };
    await this.#database.client.session.updateMany({ where, data: { lastUsedAt } });
  }

  /** Notes that the session's user gave their password; false when it has been ended. */
  async confirm(transaction: Transaction, id: string, confirmedAt: Date): Promise<boolean> {
    const { count } = await transaction.session.updateMany({ where: { id, endedAt: null }, data: { confirmedAt } });
    return count === 1;
  }

  /** Ends a session; false when it was ended before. */
  async end(transaction: Transaction, id: string, endedAt: Date, endReason: string): Promise<boolean> {
    const { count } = await transaction.session.updateMany({ where: { id, endedAt: null }, data: { endedAt, endReason } });
    return count === 1;
  }

  /** Ends all live sessions of a user but one, if one is to stay; resolves with how many. */
  async endAll(
    transaction: Transaction,
    userId: string,
    end: { readonly endedAt: Date; readonly endReason: string },
    keptId: string | null = null,
  ): Promise<number> {
    const where = { userId, endedAt: null, ...(keptId === null ? {} : { id: { not: keptId } }) };
    return (await transaction.session.updateMany({ where, data: { ...end } })).count;
  }

  /** The sessions of a user that nobody ended, newest first, at most a hundred; some may have expired. */
  findUnended(userId: string): Promise<SessionWithUser[]> {
    const where = { userId: { equals: userId }, endedAt: null };
    const include = { user: USER_WITHOUT_HASH };
    return this.#database.client.session.findMany({ where, include, orderBy: { id: "desc" }, take: 100 });
  }

  /** Forgets the sealed successors whose window is over; resolves with how many. */
  async clearSuccessors(now: Date): Promise<number> {
    const where = { successorExpiresAt: { lt: now } };
    return (await this.#database.client.refreshToken.updateMany({ where, data: NO_SUCCESSOR })).count;
  }

  /** Deletes sessions past their absolute end with all their refresh tokens; resolves with how many. */
  async deleteExpired(now: Date): Promise<number> {
    return (await this.#database.client.session.deleteMany({ where: { expiresAt: { lt: now } } })).count;
  }
}

function toSessionWithUser(row: Row): SessionWithUser {
  const {
    username,
    canonicalName,
    email,
    role,
    isActive,
    secondFactorSince,
    passwordMadeAt,
    userCreatedAt,
    userUpdatedAt,
    ...session
  } = row;
  return {
    ...session,
    createdAt: new Date(session.createdAt),
    lastUsedAt: new Date(session.lastUsedAt),
    confirmedAt: toTime(session.confirmedAt),
    expiresAt: new Date(session.expiresAt),
    endedAt: toTime(session.endedAt),
    user: toUserRecord({
      id: session.userId,
      username,
      canonicalName,
      email,
      role,
      isActive,
      secondFactorSince,
      passwordMadeAt,
      createdAt: userCreatedAt,
      updatedAt: userUpdatedAt,
    }),
  };
}
