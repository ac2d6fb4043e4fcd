import type { Database } from "../database/database.ts";

/**
 * An SQL expression over `"CredentialVersion" v` whose text differs as soon as anything differs of what a version is opened by.
 * Lengths come first, so that nothing can pass from one column to the next unseen. It tells no secret: what is sealed stays so.
 */
export function versionPrint({ hex }: Pick<Database, "hex">): string {
  const lengths = ["keyId", "secretNames", "publicFields"].map((column) => `octet_length(v."${column}") || '.' || `).join("");
  const texts = 'v."keyId" || v."secretNames" || v."publicFields"';
  return `v."version" || '.' || ${lengths}${texts} || ${hex('v."wrappedKey"')} || '.' || ${hex('v."ciphertext"')}`;
}
