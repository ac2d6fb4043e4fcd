import { secondFactorSealContext } from "../access/second-factor.sealing.ts";
import { credentialSealContext } from "../credentials/credential.sealing.ts";
import type { PortableValue } from "../database/stored-value.ts";
import type { Envelope, SealContext } from "../keys/envelope.ts";
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

/** The places of what is sealed in the rows that a portable backup has, by their table. */
function createPlaces() {
  const credentials = new Map<string, Place>();
  return {
    /** Takes down which credentials there are, for the versions that come after them. */
    note: (text: (name: string) => string) => {
      const names = ["id", "ownerKey", "connectorId", "project", "label"] as const;
      credentials.set(text("id"), Object.fromEntries(names.map((name) => [name, text(name)])) as Place);
    },
    /** Where a row's sealed value stands; null for a row that has none. */
    contextOf: (table: string, text: (name: string) => string): SealContext | null => {
      if (table === "SecondFactor") return secondFactorSealContext({ id: text("id"), userId: text("userId") });
      const place = table === "CredentialVersion" ? credentials.get(text("credentialId")) : undefined;
      if (place === undefined) return null;
      const described = { publicFields: text("publicFields"), secretNames: text("secretNames") };
      return credentialSealContext(place, { version: Number(text("version")), ...described });
    },
  };
}

const SEALED_TABLES: readonly string[] = ["CredentialVersion", "SecondFactor"];

/** Wraps the data keys of credential versions and second factors with the envelope's primary key as their rows go by. */
export function createRowRewrapping(envelope: Envelope): RowRewrapping {
  const places = createPlaces();
  let unreadable = 0;

  return {
    unreadable: () => unreadable,
    rewrap: async (table, columns, rows) => {
      const cell = (row: Row, name: string) => row[columns.indexOf(name)];
      const textOf = (row: Row) => (name: string) => String(cell(row, name));
      if (table === "Credential") for (const row of rows) places.note(textOf(row));
      if (!SEALED_TABLES.includes(table)) return rows;
      const items = rows.flatMap((row) => {
        const text = textOf(row);
        const context = places.contextOf(table, text);
        if (context === null) return [];
        return [{ row, context, wrapped: { keyId: text("keyId"), wrappedKey: bytesOf(cell(row, "wrappedKey")) } }];
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
