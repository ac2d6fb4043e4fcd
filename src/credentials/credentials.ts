import { createLastUses, type LastUses } from "../access/last-uses.ts";
import type { UserRecord } from "../access/user.repository.ts";
import type { Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Config } from "../config.ts";
import type { ConnectorRegistry } from "../connectors/connector.ts";
import type { Database } from "../database/database.ts";
import type { RateLimiter } from "../database/rate-counters.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import type { Envelope } from "../keys/envelope.ts";
import { AppLoginService } from "./app-login.service.ts";
import { ConnectionTestService } from "./connection-test.service.ts";
import { ConnectionTestLimit } from "./connection-test-limit.ts";
import { CredentialRepository } from "./credential.repository.ts";
import { CredentialService } from "./credential.service.ts";
import { CredentialDescriptions } from "./credential-descriptions.ts";
import { createLeftoverSweep } from "./credential-leftovers.ts";
import { CredentialListingService } from "./credential-listing.service.ts";
import { CredentialMovingService } from "./credential-moving.service.ts";
import { CredentialPageRepository } from "./credential-page.repository.ts";
import { CredentialResolution, type FindUserIdByName } from "./credential-resolution.ts";
import { CredentialSavingService } from "./credential-saving.service.ts";
import { CredentialValues } from "./credential-values.ts";
import { OpenableCredentialRepository } from "./openable-credential.repository.ts";

export type CredentialsDeps = {
  readonly database: Database;
  readonly envelope: Envelope;
  readonly connectors: ConnectorRegistry;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
  readonly limiter: RateLimiter;
  readonly config: Pick<
    Config,
    "FALLBACK_POLICY" | "CONNECTION_TESTS_PER_MINUTE" | "CONNECTION_TEST_FLOOR_MS" | "CONNECTION_TEST_DAYS"
  >;
  /** Told, once it is stored, of every credential that was saved or deleted. */
  readonly onChanged: (credentialId: string) => Promise<void>;
  readonly findUsers: (viewer: Viewer, ids: readonly string[]) => Promise<readonly UserRecord[]>;
  readonly findUserIdByName: FindUserIdByName;
};

/** The credentials room, wired. */
export type Credentials = {
  readonly repository: CredentialRepository;
  readonly credentials: CredentialService;
  readonly saving: CredentialSavingService;
  readonly moving: CredentialMovingService;
  readonly tests: ConnectionTestService;
  readonly listing: CredentialListingService;
  readonly appLogins: AppLoginService;
  /** To be flushed whole before the store is closed. */
  readonly uses: LastUses;
  /** Writes last uses and deletes some of what credentials left behind; to be called every few seconds. */
  sweep(): Promise<void>;
};

/** Wires the credentials room. */
export function createCredentials({ config, ...deps }: CredentialsDeps): Credentials {
  const repository = new CredentialRepository(deps.database);
  const openable = new OpenableCredentialRepository(deps.database);
  const resolution = new CredentialResolution({ ...deps, openable, policy: config.FALLBACK_POLICY });
  const values = new CredentialValues(deps);
  const pages = new CredentialPageRepository(deps.database);
  const descriptions = new CredentialDescriptions({ ...deps, repository, values });
  const limit = new ConnectionTestLimit({ ...deps, config });
  const tests = new ConnectionTestService({ ...deps, repository, resolution, values, limit });
  const uses = createLastUses(repository, deps.clock);
  const credentials = new CredentialService({
    ...deps,
    repository,
    pages,
    openable,
    resolution,
    values,
    descriptions,
    tests,
    uses,
  });
  const saving = new CredentialSavingService({ ...deps, repository, values, tests });
  const moving = new CredentialMovingService({ ...deps, repository, values });
  const listing = new CredentialListingService({ ...deps, repository, pages, values, descriptions });
  const appLogins = new AppLoginService({ ...deps, credentials });
  const sweepLeftovers = createLeftoverSweep({ ...deps, config });
  const sweep = async () => {
    await uses.flush();
    await sweepLeftovers();
  };
  return { repository, credentials, saving, moving, tests, listing, appLogins, uses, sweep };
}
