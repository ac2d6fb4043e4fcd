import { createHash, timingSafeEqual } from "node:crypto";
import type { ServiceTokenModel } from "../database/generated/sqlite/models.ts";
import { type Clock, isAhead } from "../identifiers.ts";
import type { Authenticator } from "./authentication.ts";
import { createBriefMemory } from "./brief-memory.ts";
import type { LastUses } from "./last-uses.ts";
import { SERVICE_TOKEN_PERMISSIONS } from "./permission.ts";
import type { ServiceTokenRepository } from "./service-token.repository.ts";
import { hashServiceToken } from "./service-token.ts";
import { parseNames } from "./service-token-limits.ts";
import type { ServiceViewer } from "./viewer.ts";

/** Who calls with the token of the environment, in the audit trail. */
export const ENVIRONMENT_TOKEN_ID = "environment";
/** The one connector that the environment's token reaches. */
const ENVIRONMENT_CONNECTOR = "app-login";

export type ServiceTokenAuthenticator = Authenticator & {
  /** Ask the store at the next call: a token that is revoked on this node must be refused at once. */
  forgetAll(): void;
};

/** The tokens of the store. A revoked one is refused on every node within two seconds. */
export function createServiceTokenAuthenticator(deps: {
  readonly tokens: ServiceTokenRepository;
  readonly uses: LastUses;
  readonly clock: Clock;
}): ServiceTokenAuthenticator {
  const { tokens, uses, clock } = deps;
  const memory = createBriefMemory((hash) => tokens.findByHash(new Uint8Array(Buffer.from(hash, "hex"))), clock);
  return {
    accepts: (token) => token.startsWith("pst_"),
    authenticate: async (token, origin) => {
      const hash = hashServiceToken(token);
      const found = hash === null ? null : await memory.find(Buffer.from(hash).toString("hex"));
      if (hash === null || found === null || !timingSafeEqual(found.tokenHash, hash)) return null;
      const now = clock.now();
      if (found.revokedAt !== null || found.expiresAt <= now || isAhead(found.createdAt, now)) return null;
      uses.note(found.id);
      return toViewer(found, origin);
    },
    forgetAll: memory.forgetAll,
  };
}

/** The token that the environment names: it reveals application logins, and nothing else. */
export function createEnvironmentTokenAuthenticator(expected: string): Authenticator {
  const expectedDigest = digestOf(expected);
  return {
    accepts: () => true,
    authenticate: async (token, origin) => {
      // Digests have one length, whatever was typed: the comparison tells nothing of the token, its length neither.
      if (!timingSafeEqual(digestOf(token), expectedDigest)) return null;
      const limits = { connectors: [ENVIRONMENT_CONNECTOR], projects: [], usernames: [] };
      return { type: "SERVICE", id: ENVIRONMENT_TOKEN_ID, permissions: new Set(["credential:reveal"]), limits, origin };
    },
  };
}

function toViewer(token: ServiceTokenModel, origin: ServiceViewer["origin"]): ServiceViewer {
  const granted = parseNames(token.permissions);
  return {
    type: "SERVICE",
    id: token.id,
    permissions: new Set(SERVICE_TOKEN_PERMISSIONS.filter((permission) => granted.includes(permission))),
    limits: {
      connectors: parseNames(token.connectors),
      projects: parseNames(token.projects),
      usernames: parseNames(token.usernames),
    },
    origin,
  };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
