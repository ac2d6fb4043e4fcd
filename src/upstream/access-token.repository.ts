import type { Database, Transaction } from "../database/database.ts";
import type { AccessTokenModel } from "../database/generated/sqlite/models.ts";
import type { SealedToken, TokenPlace } from "./access-token-sealing.ts";
import type { ConnectionErrorCode } from "./connection-error.ts";

/** Why the last login failed, and until when the upstream is not asked again; null: it may be asked at once. */
export type LoginFailure = { readonly code: ConnectionErrorCode; readonly message: string; readonly retryAt: Date | null };

/** What all nodes know of a credential's access token. Token and failure are those of the credential's version in use. */
export type TokenState = Pick<TokenPlace, "credentialId" | "ownerKey" | "generation" | "version"> & {
  /** Logins that have ended, well or not. */
  readonly attempts: number;
  readonly token: SealedToken | null;
  readonly failure: LoginFailure | null;
  /** Failed logins in a row. */
  readonly failures: number;
};

const NO_TOKEN = { keyId: null, wrappedKey: null, ciphertext: null, expiresAt: null };
const NO_FAILURE = { failureCode: null, failureMessage: null, retryAt: null, failures: 0 };

/** Rows of the cache that all nodes share, one a credential. */
export class AccessTokenRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null when there is no such credential. */
  async find(credentialId: string): Promise<TokenState | null> {
    const credential = await this.#database.client.credential.findUnique({
      where: { id: credentialId },
      select: { ownerKey: true, version: true, accessToken: true },
    });
    if (credential === null) return null;
    const { ownerKey, version, accessToken: row } = credential;
    const known = { credentialId, ownerKey, version, generation: row?.generation ?? 0, attempts: row?.attempts ?? 0 };
    if (row?.credentialVersion !== version) return { ...known, token: null, failure: null, failures: 0 };
    return { ...known, token: tokenOf(row, ownerKey), failure: failureOf(row), failures: row.failures };
  }

  /** Makes the row that an invalidation during the login can raise; nothing when it is there, or no credential is. */
  async prepare(credentialId: string): Promise<void> {
    await this.#database.client.$executeRaw`
      INSERT INTO "AccessToken" ("credentialId", "generation", "attempts", "failures")
      SELECT "id", 0, 0, 0 FROM "Credential" WHERE "id" = ${credentialId} ON CONFLICT ("credentialId") DO NOTHING`;
  }

  /** Stores the token of a login that ended well; false when the cache was invalidated since the login began. */
  async publish(
    transaction: Transaction,
    { credentialId, generation, version, expiresAt, sealed }: SealedToken,
  ): Promise<boolean> {
    const { count } = await transaction.accessToken.updateMany({
      where: { credentialId, generation },
      data: { ...sealed, ...NO_FAILURE, expiresAt, credentialVersion: version, attempts: { increment: 1 } },
    });
    return count > 0;
  }

  /** Stores how a login failed, whatever was invalidated meanwhile: it was the version that failed. */
  async publishFailure(transaction: Transaction, state: TokenState, failure: LoginFailure): Promise<void> {
    const { code: failureCode, message: failureMessage, retryAt } = failure;
    const failures = state.failures + 1;
    await transaction.accessToken.updateMany({
      where: { credentialId: state.credentialId },
      data: {
        ...NO_TOKEN,
        credentialVersion: state.version,
        failureCode,
        failureMessage,
        retryAt,
        failures,
        attempts: { increment: 1 },
      },
    });
  }

  /**
   * Takes the token away and raises the generation; with `generation` given only if the cache is still in that one.
   * False when nothing changed.
   */
  async invalidate(transaction: Transaction, credentialId: string, generation?: number): Promise<boolean> {
    const { count } = await transaction.accessToken.updateMany({
      where: { credentialId, ...(generation === undefined ? {} : { generation }) },
      data: { ...NO_TOKEN, generation: { increment: 1 } },
    });
    return count > 0;
  }

  /** The owner's credentials that have, had or are about to have a token. */
  async findCredentialIds(ownerKey: string): Promise<readonly string[]> {
    const rows = await this.#database.client.accessToken.findMany({
      where: { credential: { ownerKey } },
      select: { credentialId: true },
    });
    return rows.map((row) => row.credentialId);
  }
}

/** The token that a row holds, or null while it holds none. */
export function tokenOf(row: AccessTokenModel, ownerKey: string): SealedToken | null {
  const { credentialId, generation, keyId, wrappedKey, ciphertext, expiresAt, credentialVersion: version } = row;
  if (keyId === null || wrappedKey === null || ciphertext === null || expiresAt === null || version === null) return null;
  return { credentialId, ownerKey, generation, version, expiresAt, sealed: { keyId, wrappedKey, ciphertext } };
}

function failureOf({ failureCode, failureMessage, retryAt }: AccessTokenModel): LoginFailure | null {
  if (failureCode === null || failureMessage === null) return null;
  return { code: failureCode as ConnectionErrorCode, message: failureMessage, retryAt };
}
