/** What a column holds, alike on both databases. */
export type ColumnKind = "TEXT" | "BYTES" | "TIME" | "BOOLEAN" | "INTEGER" | "REAL";

/** A cell as JSON carries it, alike on both databases: bytes in base64, times in ISO 8601, great integers as text. */
export type PortableValue = string | number | boolean | null | { readonly b: string } | { readonly i: string };

/** The kind of a column by its declared type; every type that the models can have is one of these. */
export function columnKindOf(declaredType: string): ColumnKind {
  const type = declaredType.toLowerCase();
  if (/^(bytea|blob)/.test(type)) return "BYTES";
  if (/^(timestamp|datetime|date)/.test(type)) return "TIME";
  if (/^bool/.test(type)) return "BOOLEAN";
  if (/^(integer|int|bigint|smallint)/.test(type)) return "INTEGER";
  if (/^(real|double|numeric|decimal|float)/.test(type)) return "REAL";
  return "TEXT";
}

function toInteger(value: bigint): PortableValue {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : { i: String(value) };
}

/** A cell as `better-sqlite3` reads it with safe integers. */
export function fromSqlite(kind: ColumnKind, value: unknown): PortableValue {
  if (value === null) return null;
  if (Buffer.isBuffer(value)) return { b: value.toString("base64") };
  if (kind === "TIME") return new Date(typeof value === "bigint" ? Number(value) : String(value)).toISOString();
  if (kind === "BOOLEAN") return value !== 0n;
  return typeof value === "bigint" ? toInteger(value) : (value as string | number);
}

/** A cell as PostgreSQL sends it as text. */
export function fromPostgresql(kind: ColumnKind, text: string | null): PortableValue {
  if (text === null) return null;
  if (kind === "BYTES") return { b: Buffer.from(text.slice(2), "hex").toString("base64") };
  if (kind === "TIME") return new Date(/[+-]\d\d(:?\d\d)?$/.test(text) ? text : `${text}Z`).toISOString();
  if (kind === "BOOLEAN") return text === "t" || text === "true";
  if (kind === "INTEGER") return toInteger(BigInt(text));
  return kind === "REAL" ? Number(text) : text;
}

/** A cell as a parameter of a statement for the database. @throws {TypeError} for what no cell can be */
export function toParameter(provider: "sqlite" | "postgresql", kind: ColumnKind, value: PortableValue): unknown {
  if (value === null) return null;
  if (typeof value === "object") {
    if ("b" in value && typeof value.b === "string") return new Uint8Array(Buffer.from(value.b, "base64"));
    if ("i" in value && typeof value.i === "string") return BigInt(value.i);
    throw new TypeError("a cell is neither bytes nor an integer");
  }
  if (typeof value === "boolean") return provider === "sqlite" ? Number(value) : value;
  // As Prisma's adapter writes times, so that texts compare as times do.
  if (kind === "TIME" && provider === "sqlite") return String(value).replace(/Z$/, "+00:00");
  return value;
}
