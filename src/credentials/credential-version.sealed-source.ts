import { changeEach } from "../database/change-each.ts";
import type { Database } from "../database/database.ts";
import type { SealedSource } from "../keys/sealed-source.ts";
import { credentialSealContext } from "./credential.sealing.ts";

/** The versions of all credentials, for a key rotation. */
export function createCredentialVersionSource(database: Database): SealedSource {
  const versions = database.client.credentialVersion;
  return {
    name: "credential versions",
    countUnder: (keyId) => versions.count({ where: { keyId } }),
    nextBatch: async (primaryKeyId, afterId, limit) => {
      const rows = await versions.findMany({
        where: { keyId: { not: primaryKeyId }, ...(afterId === null ? {} : { id: { gt: afterId } }) },
        omit: { ciphertext: true },
        include: { credential: true },
        orderBy: { id: "asc" },
        take: limit,
      });
      return rows.map(({ credential, ...version }) => ({
        id: version.id,
        context: credentialSealContext(credential, version),
        keyId: version.keyId,
        wrappedKey: version.wrappedKey,
      }));
    },
    replaceKeys: (replacements) =>
      changeEach(database, replacements, ({ credentialVersion }, { id, before: { keyId, wrappedKey }, after }) =>
        credentialVersion.updateMany({ where: { id, keyId, wrappedKey }, data: after }),
      ),
  };
}
