import { GatewayError } from "../errors.ts";
import { integrityError } from "./aead.ts";
import { encodeParts } from "./associated-data.ts";
import type { KeyWrapper, WrapContext } from "./key-wrapper.ts";
import { KeyRingError } from "./ring-content.ts";
import { PRODUCT } from "./sealed-blob.ts";
import { packTransitBlob, transitVersionOf, unpackTransitBlob } from "./transit-blob.ts";
import { type TransitClient, transitAway } from "./transit-client.ts";

/** A key of the Transit engine: `mount` is where the engine is mounted. */
export type TransitKey = { readonly mount: string; readonly name: string };

type BatchResult = { readonly ciphertext?: unknown; readonly plaintext?: unknown; readonly error?: unknown };

/** The place of a wrapped key as Transit binds it; needs a key of an AEAD type without derivation, as the default one is. */
function associatedDataOf(context: WrapContext): string {
  return encodeParts([PRODUCT, "transit", ...context]).toString("base64");
}

/** The results of a batch in its order; the status is 400 as soon as one of them failed. */
function resultsOf(
  body: { readonly data?: Readonly<Record<string, unknown>> | null },
  count: number,
): readonly BatchResult[] | null {
  const results = body.data?.batch_results;
  return Array.isArray(results) && results.length === count ? (results as BatchResult[]) : null;
}

/**
 * Wrapping by a Transit key of OpenBao or Vault. Every version of the key is a key-encryption key of its own, so that a
 * rotation over there is re-wrapped like one of the key ring. `rewrap` over there is not used: it takes no associated
 * data, which would have to be given up.
 */
export function createTransitWrapper(client: TransitClient, { mount, name }: TransitKey): KeyWrapper {
  const prefix = `${mount}/${name}:v`;
  const path = (operation: string) => `${mount}/${operation}/${encodeURIComponent(name)}`;

  const wrap: KeyWrapper["wrap"] = async (items) => {
    const batch_input = items.map(({ context, key }) => ({
      plaintext: Buffer.from(key).toString("base64"),
      associated_data: associatedDataOf(context),
    }));
    const { status, body } = await client.post(path("encrypt"), { batch_input });
    const results = resultsOf(body, items.length);
    if (status !== 200 || results === null) throw transitAway(`the key ${mount}/${name} does not encrypt (${status})`);
    return results.map(({ ciphertext }) => {
      const version = typeof ciphertext === "string" ? transitVersionOf(ciphertext) : null;
      if (version === null) throw transitAway(`the key ${mount}/${name} gives no ciphertext`);
      return { keyId: `${prefix}${version}`, wrappedKey: packTransitBlob(`${prefix}${version}`, String(ciphertext)) };
    });
  };

  const decrypt = async (batch: readonly { readonly ciphertext: string; readonly associated_data: string }[]) => {
    const { status, body } = await client.post(path("decrypt"), { batch_input: batch });
    const results = resultsOf(body, batch.length);
    // Without results the question as a whole was refused: there is no such key.
    if (results === null) return batch.map(() => integrityError(`the key ${mount}/${name} does not decrypt (${status})`));
    return results.map(({ plaintext, error }) =>
      typeof plaintext === "string" && plaintext !== "" && !error
        ? Buffer.from(plaintext, "base64")
        : integrityError(`the key ${mount}/${name} does not open it`),
    );
  };

  return {
    holds: (keyId) => keyId.startsWith(prefix),
    primaryKeyId: async () => {
      // What the next key will be wrapped under is seen by wrapping one; to ask for the version would need one more right.
      const [probe] = await wrap([{ context: ["probe"], key: Buffer.alloc(1) }]);
      if (probe === undefined) throw transitAway("nothing was wrapped");
      return probe.keyId;
    },
    addPrimary: async () => {
      const { status } = await client.post(`${mount}/keys/${encodeURIComponent(name)}/rotate`, {}).catch((error: unknown) => {
        throw new KeyRingError(
          `${mount}/${name} cannot be rotated from here (${reasonOf(error)}): rotate it over there, then run rewrap`,
        );
      });
      if (status !== 200 && status !== 204) throw new KeyRingError(`${mount}/${name} cannot be rotated from here (${status})`);
      return (await wrap([{ context: ["probe"], key: Buffer.alloc(1) }]))[0]?.keyId ?? "";
    },
    wrap,
    unwrap: async (items) => {
      const unpacked = items.map(({ wrapped: { keyId, wrappedKey } }) => {
        try {
          return unpackTransitBlob(keyId, wrappedKey);
        } catch (error) {
          return error as GatewayError;
        }
      });
      const asked = items.flatMap(({ context }, index) => {
        const ciphertext = unpacked[index];
        return typeof ciphertext === "string" ? [{ ciphertext, associated_data: associatedDataOf(context) }] : [];
      });
      const answers = asked.length === 0 ? [] : [...(await decrypt(asked))];
      return unpacked.map((each) => (each instanceof GatewayError ? each : (answers.shift() ?? integrityError("no answer"))));
    },
  };
}

/** Why the server could not be used, as far as it is known, for an operator's eyes. */
function reasonOf(error: unknown): string {
  if (error instanceof GatewayError && error.cause instanceof Error) return error.cause.message;
  return error instanceof Error ? error.message : "unknown";
}
