import type { AuditLog } from "../audit/audit-log.ts";
import type { Config } from "../config.ts";
import type { ConnectorRegistry } from "../connectors/connector.ts";
import type { CredentialService } from "../credentials/credential.service.ts";
import type { Database } from "../database/database.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { createHealthCheck } from "./health-check.ts";
import { ProjectRepository } from "./project.repository.ts";
import { ProjectService } from "./project.service.ts";
import { ProjectFileService } from "./project-file.service.ts";
import { readProjectFile } from "./project-file.ts";
import { ProjectHealth, type ProjectHealthDeps } from "./project-health.ts";

export type ProjectsDeps = {
  readonly database: Database;
  readonly connectors: ConnectorRegistry;
  readonly credentials: CredentialService;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
  readonly config: Pick<Config, "PROJECTS_FILE">;
  readonly log: ProjectHealthDeps["log"];
};

export type Projects = {
  readonly projects: ProjectService;
  /** Brings the store up to PROJECTS_FILE. @throws {ConfigError} naming every bad entry. */
  applyFile(): Promise<void>;
  /** Ends the health checks; comes before the store is closed. */
  stop(): Promise<void>;
};

/** Wires the projects room. */
export function createProjects({ config, log, ...deps }: ProjectsDeps): Projects {
  const repository = new ProjectRepository(deps.database);
  const health = new ProjectHealth({ check: createHealthCheck(), clock: deps.clock, log });
  const file = new ProjectFileService({ ...deps, repository });
  const { PROJECTS_FILE } = config;
  const isKnown = (connector: string) => deps.connectors.find(connector) !== null;
  return {
    projects: new ProjectService({ ...deps, repository, health }),
    applyFile: async () => await file.apply(PROJECTS_FILE === undefined ? [] : readProjectFile(PROJECTS_FILE, isKnown)),
    stop: () => health.stop(),
  };
}
