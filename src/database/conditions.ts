/** Conditions that all hold, with their values as the parameters of a prepared statement. */
export class Conditions {
  readonly values: string[] = [];
  readonly #parts: string[] = [];

  equal(column: string, value: string): this {
    this.#parts.push(`${column} = ${this.place(value)}`);
    return this;
  }

  /** None at all when there are no values. */
  oneOf(column: string, values: readonly string[]): this {
    this.#parts.push(values.length === 0 ? "1 = 0" : `${column} IN (${values.map((value) => this.place(value)).join(", ")})`);
    return this;
  }

  /** Behind a value in ascending order. */
  after(column: string, value: string): this {
    this.#parts.push(`${column} > ${this.place(value)}`);
    return this;
  }

  get sql(): string {
    return this.#parts.join(" AND ");
  }

  /** The whole clause; nothing when there is no condition. */
  get where(): string {
    return this.#parts.length === 0 ? "" : `WHERE ${this.sql}`;
  }

  /** To follow another condition. */
  get and(): string {
    return this.#parts.map((part) => ` AND ${part}`).join("");
  }

  /** Adds a value that stands outside of the conditions, behind all of them, and gives its parameter. */
  place(value: string): string {
    return `$${this.values.push(value)}`;
  }
}

/**
 * The text of a statement, made once for the same parts. Of a hot read it is the text alone that differs by what is asked for, and
 * to put a thousand characters together, and to find the prepared statement by them, costs more than to look up sixty.
 */
export function rememberText<Parts extends readonly string[]>(make: (...parts: Parts) => string): (...parts: Parts) => string {
  const known = new Map<string, string>();
  return (...parts) => {
    const key = parts.join("\n");
    const found = known.get(key);
    if (found !== undefined) return found;
    const text = make(...parts);
    known.set(key, text);
    return text;
  };
}
