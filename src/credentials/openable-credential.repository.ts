import { Conditions, rememberText } from "../database/conditions.ts";
import type { Database } from "../database/database.ts";
import type { CredentialModel, CredentialVersionModel } from "../database/generated/sqlite/models.ts";
import {
  type CredentialFilter,
  type CredentialRow,
  type CredentialScope,
  limitToFilter,
  limitToScope,
  toCredential,
} from "./credential.repository.ts";

/** A credential with the version in use, which is what opens it; null for a version that is missing. */
export type OpenableCredential = { readonly credential: CredentialModel; readonly version: CredentialVersionModel | null };

/** What a credential is meant by, beside its owner. */
export type OpenableFilter = CredentialFilter & {
  readonly label?: string | undefined;
  /** Only of these projects; of any when there are none. */
  readonly projects?: readonly string[];
};

/** A row of a credential with the columns of its version. */
type Row = CredentialRow &
  Omit<CredentialVersionModel, "id" | "credentialId" | "version" | "createdAt"> & {
    readonly versionId: string | null;
    readonly versionCreatedAt: string | Date;
  };

const COLUMNS = `c.*, v."id" AS "versionId", v."createdAt" AS "versionCreatedAt",
  v."publicFields", v."secretNames", v."keyId", v."wrappedKey", v."ciphertext"`;
const JOIN_VERSION = 'LEFT JOIN "CredentialVersion" v ON v."credentialId" = c."id" AND v."version" = c."version"';
const FROM_CREDENTIALS = `SELECT ${COLUMNS} FROM "Credential" c ${JOIN_VERSION}`;

/** Beyond so many, nobody could tell which was meant. */
const MOST = 100;

const BY_ID = `${FROM_CREDENTIALS} WHERE c."id" = $1`;
const inScope = rememberText((joined, where) => `${FROM_CREDENTIALS} ${joined} WHERE ${where}`);
const owned = rememberText((where) => `${FROM_CREDENTIALS} WHERE ${where} LIMIT ${MOST}`);
const named = rememberText(
  (and, name) => `SELECT ${COLUMNS} FROM "User" u LEFT JOIN "Credential" c ON c."ownerKey" = u."id"${and}
    ${JOIN_VERSION} WHERE u."canonicalName" = ${name} AND u."isActive" LIMIT ${MOST}`,
);

/** Credentials on the way to their use, each with its version by one prepared read: the hot path of every reveal and call. */
export class OpenableCredentialRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whose it is does not matter to Postern's own work. */
  async findById(id: string): Promise<OpenableCredential | null> {
    const [row] = await this.#database.select<Row>(BY_ID, [id]);
    return row === undefined ? null : toOpenable(row);
  }

  /** The one with the id, if it is in the scope. */
  async findInScope(scope: CredentialScope, id: string): Promise<OpenableCredential | null> {
    const conditions = new Conditions().equal('c."id"', id);
    const joined = limitToScope(conditions, scope);
    const [row] = await this.#database.select<Row>(inScope(joined, conditions.sql), conditions.values);
    return row === undefined ? null : toOpenable(row);
  }

  /** What an owner has that fits, oldest first. */
  async findOwned(ownerKey: string, filter: OpenableFilter): Promise<OpenableCredential[]> {
    const conditions = match(new Conditions().equal('c."ownerKey"', ownerKey), filter);
    return inOrder(await this.#database.select<Row>(owned(conditions.sql), conditions.values)).map(toOpenable);
  }

  /** The same of an active user by canonical name; null when there is none. */
  async findNamed(canonicalName: string, filter: OpenableFilter): Promise<OpenableCredential[] | null> {
    const conditions = match(new Conditions(), filter);
    const sql = named(conditions.and, conditions.place(canonicalName));
    const rows = await this.#database.select<Row | NoRow>(sql, conditions.values);
    return rows.length === 0 ? null : inOrder(rows.filter(isThere)).map(toOpenable);
  }
}

/** The columns of a credential that a user has not. */
type NoRow = { readonly id: null };

function isThere(row: Row | NoRow): row is Row {
  return row.id !== null;
}

/** Oldest first. Asked of the database, it would make SQLite walk all that the owner has for the sake of the order. */
function inOrder(rows: readonly Row[]): readonly Row[] {
  return rows.length < 2 ? rows : [...rows].sort((left, right) => (left.id < right.id ? -1 : 1));
}

function match(conditions: Conditions, { label, projects = [], ...filter }: OpenableFilter): Conditions {
  limitToFilter(conditions, filter);
  if (label !== undefined) conditions.equal('c."label"', label);
  return projects.length === 0 ? conditions : conditions.oneOf('c."project"', projects);
}

/** Member by member: this stands in the way of every reveal, and copying all but some takes ten times as long. */
function toOpenable(row: Row): OpenableCredential {
  const credential = toCredential(row);
  if (row.versionId === null) return { credential, version: null };
  const version = {
    id: row.versionId,
    credentialId: row.id,
    version: row.version,
    publicFields: row.publicFields,
    secretNames: row.secretNames,
    keyId: row.keyId,
    wrappedKey: row.wrappedKey,
    ciphertext: row.ciphertext,
    createdAt: new Date(row.versionCreatedAt),
  };
  return { credential, version };
}
