import { systemViewer, type Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import { type Database, isUniqueViolation, type Transaction } from "../database/database.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { fieldsOf, type ProjectRecord, type ProjectRepository } from "./project.repository.ts";
import type { ProjectFields } from "./project-fields.ts";

export type ProjectFileDeps = {
  readonly database: Database;
  readonly repository: ProjectRepository;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

/** Nodes that start at once: how often one may find that another has just written what it was about to. */
const ATTEMPTS = 5;

/** Somebody else wrote the project after it was read. */
class OvertakenError extends Error {
  override readonly name = "OvertakenError";

  constructor() {
    super("Other nodes kept writing the projects of PROJECTS_FILE.");
  }
}

function isEqual(stored: ProjectRecord, wanted: ProjectFields): boolean {
  const sorted = (fields: ProjectFields) => JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  return stored.source === "FILE" && sorted(fieldsOf(stored)) === sorted(wanted);
}

/**
 * Keeps the stored projects equal to those of the file: what the file has is stored as it says there, taken over from the API
 * if need be, and what once came from a file and is no longer in it is deleted. A restart without a change writes nothing.
 */
export class ProjectFileService {
  readonly #deps: ProjectFileDeps;

  constructor(deps: ProjectFileDeps) {
    this.#deps = deps;
  }

  /** Brings the store up to the file, whichever other nodes do the same. */
  async apply(wanted: readonly ProjectFields[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#applyOnce(wanted);
      } catch (error) {
        const isOvertaken = isUniqueViolation(error) || error instanceof OvertakenError;
        if (!isOvertaken || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #applyOnce(wanted: readonly ProjectFields[]): Promise<void> {
    const stored = new Map((await this.#deps.repository.findAll()).map((record) => [record.slug, record]));
    const slugs = new Set(wanted.map(({ slug }) => slug));
    const gone = [...stored.values()].filter(({ slug, source }) => source === "FILE" && !slugs.has(slug));
    const changed = wanted.filter((fields) => {
      const record = stored.get(fields.slug);
      return record === undefined || !isEqual(record, fields);
    });
    if (gone.length === 0 && changed.length === 0) return;
    await this.#deps.database.transaction(async (transaction) => {
      for (const record of gone) await this.#delete(transaction, record);
      // One order for all nodes: two that write the same rows wait for each other instead of dead-locking.
      const inOrder = changed.toSorted((one, other) => (one.slug < other.slug ? -1 : 1));
      for (const fields of inOrder) await this.#write(transaction, stored.get(fields.slug), fields);
    });
  }

  async #write(transaction: Transaction, stored: ProjectRecord | undefined, fields: ProjectFields): Promise<void> {
    const { repository, makeId, clock } = this.#deps;
    const now = clock.now();
    const kept = stored ?? { id: makeId("project"), createdAt: now };
    const record: ProjectRecord = { ...fields, id: kept.id, createdAt: kept.createdAt, source: "FILE", updatedAt: now };
    if (stored === undefined) await repository.insert(transaction, record);
    else if (!(await repository.replace(transaction, stored, record))) throw new OvertakenError();
    await this.#record(transaction, "PROJECT_SAVED", record);
  }

  async #delete(transaction: Transaction, record: ProjectRecord): Promise<void> {
    if (await this.#deps.repository.delete(transaction, record.id)) await this.#record(transaction, "PROJECT_DELETED", record);
  }

  async #record(transaction: Transaction, action: "PROJECT_SAVED" | "PROJECT_DELETED", { id, slug }: ProjectRecord) {
    const actor: Viewer = systemViewer("start");
    await this.#deps.audit.append(transaction, {
      actor,
      action,
      target: { type: "Project", id },
      details: { slug, source: "FILE" },
    });
  }
}
