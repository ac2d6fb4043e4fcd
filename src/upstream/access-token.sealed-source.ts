import { changeEach } from "../database/change-each.ts";
import type { Database } from "../database/database.ts";
import type { SealedSource } from "../keys/sealed-source.ts";
import { tokenOf } from "./access-token.repository.ts";
import { accessTokenSealContext } from "./access-token-sealing.ts";

/** The access tokens that all nodes share, for a key rotation. */
export function createAccessTokenSource(database: Database): SealedSource {
  const rows = database.client.accessToken;
  return {
    name: "access tokens",
    countUnder: (keyId) => rows.count({ where: { keyId } }),
    nextBatch: async (primaryKeyId, afterId, limit) => {
      const found = await rows.findMany({
        where: {
          AND: [{ keyId: { not: null } }, { keyId: { not: primaryKeyId } }],
          ...(afterId === null ? {} : { credentialId: { gt: afterId } }),
        },
        include: { credential: { select: { ownerKey: true } } },
        orderBy: { credentialId: "asc" },
        take: limit,
      });
      return found.flatMap(({ credential, ...row }) => {
        const token = tokenOf(row, credential.ownerKey);
        if (token === null) return [];
        const { keyId, wrappedKey } = token.sealed;
        return [{ id: row.credentialId, context: accessTokenSealContext(token), keyId, wrappedKey }];
      });
    },
    replaceKeys: (replacements) =>
      changeEach(database, replacements, ({ accessToken }, { id: credentialId, before: { keyId, wrappedKey }, after }) =>
        accessToken.updateMany({ where: { credentialId, keyId, wrappedKey }, data: after }),
      ),
  };
}
