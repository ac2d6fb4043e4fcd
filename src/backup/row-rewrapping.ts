import { credentialSealContext } from "../credentials/credential.sealing.ts";
import type { PortableValue } from "../database/stored-value.ts";
import type { Envelope } from "../keys/envelope.ts";
import type { Row } from "./backup-content.ts";

export type RowRewrapping = {
  /** The rows with their data keys wrapped anew; every `Credential` must have come before its versions. */
  rewrap(table: string, columns: readonly string[], rows: readonly Row[]): Promise<readonly Row[]>;
  /** How many could not be opened: they stay what they are, and unreadable. */
  unreadable(): number;
};

type Place = Parameters<typeof credentialSealContext>[0];

/** The bytes of a cell; none of one that holds no bytes. */
export function bytesOf(value: PortableValue | undefined): Uint8Array<ArrayBuffer> {
  const isBytes = typeof value === "object" && value !== null && "b" in value;
  return new Uint8Array(Buffer.from(isBytes ? value.b : "", "base64"));
}

/** Wraps the data keys of credential versions with the envelope's primary key as their rows go by. */
export function createRowRewrapping(envelope: Envelope): RowRewrapping {
  const places = new Map<string, Place>();
  let unreadable = 0;

  return {
    unreadable: () => unreadable,
    rewrap: async (table, columns, rows) => {
      const cell = (row: Row, name: string) => row[columns.indexOf(name)];
      const text = (row: Row, name: string) => String(cell(row, name));
      if (table === "Credential") {
        for (const row of rows) {
          const names = ["id", "ownerKey", "connectorId", "project", "label"] as const;
          places.set(text(row, "id"), Object.fromEntries(names.map((name) => [name, text(row, name)])) as Place);
        }
      }
      if (table !== "CredentialVersion") return rows;
      const items = rows.flatMap((row) => {
        const place = places.get(text(row, "credentialId"));
        if (place === undefined) return [];
        const described = { publicFields: text(row, "publicFields"), secretNames: text(row, "secretNames") };
        const context = credentialSealContext(place, { version: Number(cell(row, "version")), ...described });
        return [{ row, context, wrapped: { keyId: text(row, "keyId"), wrappedKey: bytesOf(cell(row, "wrappedKey")) } }];
      });
      const fresh = await envelope.rewrapMany(items);
      const byRow = new Map(items.map(({ row }, index) => [row, fresh[index] ?? null]));
      return rows.map((row) => {
        const wrapped = byRow.get(row) ?? null;
        if (wrapped === null) {
          unreadable += 1;
          return row;
        }
        const replaced: Readonly<Record<string, PortableValue>> = {
          keyId: wrapped.keyId,
          wrappedKey: { b: Buffer.from(wrapped.wrappedKey).toString("base64") },
        };
        return row.map((value, index) => replaced[columns[index] ?? ""] ?? value);
      });
    },
  };
}
