import type { SealContext } from "../keys/envelope.ts";
import type { SealedSource } from "../keys/sealed-source.ts";
import type { SecondFactorRepository } from "./second-factor.repository.ts";

/** The associated data of a shared secret: it opens as this factor of this user, nowhere else. */
export function secondFactorSealContext({ id, userId }: { readonly id: string; readonly userId: string }): SealContext {
  return { purpose: "second-factor", ownerId: userId, recordId: id, field: "secret", version: 1 };
}

/** The secrets that users share with their authenticator apps, for the rotation of key-encryption keys. */
export function createSecondFactorSource(factors: SecondFactorRepository): SealedSource {
  return {
    name: "second factors",
    countUnder: (keyId) => factors.countUnder(keyId),
    nextBatch: async (primaryKeyId, afterId, limit) => {
      const rows = await factors.findNotUnder(primaryKeyId, afterId, limit);
      return rows.map((row) => ({
        id: row.id,
        context: secondFactorSealContext(row),
        keyId: row.keyId,
        wrappedKey: row.wrappedKey,
      }));
    },
    replaceKeys: (replacements) => factors.replaceWrappings(replacements),
  };
}
