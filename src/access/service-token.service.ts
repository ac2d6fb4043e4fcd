import type { AuditLog } from "../audit/audit-log.ts";
import type { Database } from "../database/database.ts";
import { type Page, type PageRequest, readPage } from "../database/page.ts";
import { notFound, type PersonError } from "../errors.ts";
import { type Clock, idPrefixOf, type MakeId } from "../identifiers.ts";
import { requireRecentAuthenticationInBrowser } from "./reauthentication.ts";
import type { ServiceTokenRecord, ServiceTokenRepository } from "./service-token.repository.ts";
import { makeServiceToken } from "./service-token.ts";
import type { ServiceTokenAuthenticator } from "./service-token-authenticator.ts";
import { type NewToken, parseGrant, parseNames, type TokenLife } from "./service-token-limits.ts";
import { requirePermission, type Viewer } from "./viewer.ts";

/** A service token as it may be shown; empty limits mean all. */
export type ServiceTokenView = Omit<ServiceTokenRecord, "permissions" | "connectors" | "projects" | "usernames" | "createdById"> &
  Readonly<Record<"permissions" | "connectors" | "projects" | "users", readonly string[]>>;

export type CreateTokenOutcome =
  | { readonly serviceToken: ServiceTokenView; readonly token: string; readonly userErrors: readonly [] }
  | { readonly serviceToken: null; readonly token: null; readonly userErrors: readonly PersonError[] };

export type ServiceTokenServiceDeps = {
  readonly database: Database;
  readonly tokens: ServiceTokenRepository;
  readonly authenticator: Pick<ServiceTokenAuthenticator, "forgetAll">;
  /** Ids of the connectors that a token can be limited to. */
  readonly connectorIds: readonly string[];
  readonly tokenLife: TokenLife;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

/** Owns the tokens of machines. The text of one is given out once, at its making, and is not in the store. */
export class ServiceTokenService {
  readonly #deps: ServiceTokenServiceDeps;

  constructor(deps: ServiceTokenServiceDeps) {
    this.#deps = deps;
  }

  /** Makes a token, or says what is wrong with what was asked for. @throws {GatewayError} REAUTHENTICATION_REQUIRED */
  async create(viewer: Viewer, input: NewToken): Promise<CreateTokenOutcome> {
    requirePermission(viewer, "service-token:write");
    // It may reveal what its maker may not.
    await requireRecentAuthenticationInBrowser(viewer);
    const { database, tokens, connectorIds, tokenLife: life, audit, makeId, clock } = this.#deps;
    const now = clock.now();
    const grant = parseGrant(input, { connectorIds, life, now });
    if (!("permissions" in grant)) return { serviceToken: null, token: null, userErrors: grant };
    const { token, tokenHash, firstCharacters } = makeServiceToken();
    const record: ServiceTokenRecord = {
      id: makeId("token"),
      name: grant.name,
      firstCharacters,
      permissions: JSON.stringify(grant.permissions),
      connectors: JSON.stringify(grant.connectors),
      projects: JSON.stringify(grant.projects),
      usernames: JSON.stringify(grant.usernames),
      createdById: viewer.id,
      createdAt: now,
      expiresAt: grant.expiresAt,
      lastUsedAt: null,
      revokedAt: null,
    };
    await database.transaction(async (transaction) => {
      await tokens.create(transaction, { ...record, tokenHash });
      await audit.append(transaction, {
        actor: viewer,
        action: "SERVICE_TOKEN_CREATED",
        target: { type: "ServiceToken", id: record.id },
        details: { name: record.name, permissions: grant.permissions.join(" "), expiresAt: record.expiresAt.toISOString() },
      });
    });
    return { serviceToken: toView(record), token, userErrors: [] };
  }

  /** Ends a token for good, here at once and on every node within seconds; one that has ended stays so. */
  async revoke(viewer: Viewer, id: string): Promise<ServiceTokenView> {
    requirePermission(viewer, "service-token:write");
    const { database, tokens, authenticator, audit, clock } = this.#deps;
    await database.transaction(async (transaction) => {
      if (!(await tokens.revoke(transaction, id, clock.now()))) return;
      const target = { type: "ServiceToken", id };
      await audit.append(transaction, { actor: viewer, action: "SERVICE_TOKEN_REVOKED", target });
    });
    authenticator.forgetAll();
    const revoked = await tokens.findById(id);
    if (revoked === null) throw notFound("service token");
    return toView(revoked);
  }

  async list(viewer: Viewer, page: PageRequest): Promise<Page<ServiceTokenView>> {
    requirePermission(viewer, "service-token:read");
    const { tokens } = this.#deps;
    return readPage(
      page,
      async (take, afterId) => (await tokens.findPage(take, afterId)).map(toView),
      () => tokens.count(),
    );
  }

  /** The token with the id; null when there is none, or none that the viewer may see. */
  async findById(viewer: Viewer, id: string): Promise<ServiceTokenView | null> {
    if (!viewer.permissions.has("service-token:read") || idPrefixOf(id) !== "token") return null;
    const record = await this.#deps.tokens.findById(id);
    return record === null ? null : toView(record);
  }
}

function toView({ createdById: _, usernames, ...record }: ServiceTokenRecord): ServiceTokenView {
  return {
    ...record,
    permissions: parseNames(record.permissions),
    connectors: parseNames(record.connectors),
    projects: parseNames(record.projects),
    users: parseNames(usernames),
  };
}
