import type { Database, Transaction } from "../database/database.ts";
import type { ProjectSource } from "../database/generated/sqlite/client.ts";
import type { ProjectModel } from "../database/generated/sqlite/models.ts";
import type { ProjectFields, RequiredConnector } from "./project-fields.ts";

/** A project as it is stored, what it needs read out of its text. */
export type ProjectRecord = Omit<ProjectModel, "requiredConnectors"> & {
  readonly requiredConnectors: readonly RequiredConnector[];
};

export type { ProjectSource };

/** Most projects of a portal: it shows them all on one page. */
export const MAX_PROJECTS = 200;

function fromRow(row: ProjectModel): ProjectRecord {
  return { ...row, requiredConnectors: JSON.parse(row.requiredConnectors) as RequiredConnector[] };
}

function toRow(record: ProjectRecord): ProjectModel {
  return { ...record, requiredConnectors: JSON.stringify(record.requiredConnectors) };
}

/** What a person decided about a stored project, without what Postern added. */
export function fieldsOf(record: ProjectRecord): ProjectFields {
  const { id, source, createdAt, updatedAt, ...fields } = record;
  return fields;
}

/** Rows of projects. */
export class ProjectRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All of them in the order of the portal. */
  async findAll(): Promise<ProjectRecord[]> {
    const rows = await this.#database.client.project.findMany({ orderBy: [{ sortOrder: "asc" }, { slug: "asc" }] });
    return rows.map(fromRow);
  }

  async findById(id: string): Promise<ProjectRecord | null> {
    const row = await this.#database.client.project.findUnique({ where: { id } });
    return row === null ? null : fromRow(row);
  }

  async findBySlug(slug: string): Promise<ProjectRecord | null> {
    const row = await this.#database.client.project.findUnique({ where: { slug } });
    return row === null ? null : fromRow(row);
  }

  count(): Promise<number> {
    return this.#database.client.project.count();
  }

  /** Rejects with a unique violation when the slug is taken. */
  async insert(transaction: Transaction, record: ProjectRecord): Promise<void> {
    await transaction.project.create({ data: toRow(record) });
  }

  /** Stores the record over the one that was read; false when somebody else changed or deleted it meanwhile. */
  async replace(transaction: Transaction, read: ProjectRecord, record: ProjectRecord): Promise<boolean> {
    const { id, updatedAt } = read;
    const { count } = await transaction.project.updateMany({ where: { id, updatedAt }, data: toRow(record) });
    return count > 0;
  }

  /** False when it was gone already. */
  async delete(transaction: Transaction, id: string): Promise<boolean> {
    const { count } = await transaction.project.deleteMany({ where: { id: { equals: id } } });
    return count > 0;
  }
}
