import { createHash, timingSafeEqual } from "node:crypto";
import type { ServiceTokenModel } from "../database/generated/sqlite/models.ts";
import { type Clock, isAhead } from "../identifiers.ts";
import type { Authenticator } from "./authentication.ts";
import { createBriefMemory } from "./brief-memory.ts";
import type { LastUses } from "./last-uses.ts";
import { SERVICE_TOKEN_PERMISSIONS } from "./permission.ts";
import type { ServiceTokenRepository } from "./service-token.repository.ts";
import { digestServiceToken } from "./service-token.ts";
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

/** What a token of the store may do, and until when. */
type KnownToken = Pick<ServiceTokenModel, "id" | "createdAt" | "revokedAt" | "expiresAt"> &
  Pick<ServiceViewer, "permissions" | "limits">;

/** The tokens of the store. A revoked one is refused on every node within two seconds. */
export function createServiceTokenAuthenticator(deps: {
  readonly tokens: ServiceTokenRepository;
  readonly uses: LastUses;
  readonly clock: Clock;
}): ServiceTokenAuthenticator {
  const { tokens, uses, clock } = deps;
  const memory = createBriefMemory<KnownToken | null>(clock);
  const read = async (digest: string) => {
    const hash = new Uint8Array(Buffer.from(digest, "hex"));
    const found = await tokens.findByHash(hash);
    return found === null || !timingSafeEqual(found.tokenHash, hash) ? null : toKnownToken(found);
  };
  return {
    accepts: (token) => token.startsWith("pst_"),
    authenticate: async (token, origin) => {
      const digest = digestServiceToken(token);
      const found = digest === null ? null : await memory.find(digest, () => read(digest));
      const now = clock.now();
      if (found === null || found.revokedAt !== null || found.expiresAt <= now || isAhead(found.createdAt, now)) return null;
      const { id, permissions, limits } = found;
      uses.note(id);
      return { type: "SERVICE", id, permissions, limits, origin };
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

function toKnownToken({ id, createdAt, revokedAt, expiresAt, ...token }: ServiceTokenModel): KnownToken {
  const granted = parseNames(token.permissions);
  const limits = {
    connectors: parseNames(token.connectors),
    projects: parseNames(token.projects),
    usernames: parseNames(token.usernames),
  };
  const permissions = new Set(SERVICE_TOKEN_PERMISSIONS.filter((permission) => granted.includes(permission)));
  return { id, createdAt, revokedAt, expiresAt, permissions, limits };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
