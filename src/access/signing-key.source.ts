import type { SealedSource } from "../keys/sealed-source.ts";
import type { SigningKeyRepository } from "./signing-key.repository.ts";
import { sealContextOf } from "./signing-key.service.ts";

/** The sealed private halves of the signing keys, for the rotation of key-encryption keys. */
export function createSigningKeySource(signingKeys: SigningKeyRepository): SealedSource {
  return {
    name: "signing keys",
    countUnder: (keyId) => signingKeys.countUnder(keyId),
    nextBatch: async (primaryKeyId, afterId, limit) => {
      const rows = await signingKeys.findNotUnder(primaryKeyId, afterId, limit);
      return rows.map((row) => ({ id: row.id, context: sealContextOf(row), keyId: row.keyId, wrappedKey: row.wrappedKey }));
    },
    replaceKeys: (replacements) => signingKeys.replaceWrappings(replacements),
  };
}
