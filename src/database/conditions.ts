/** Conditions that all hold, with their values as the parameters of a prepared statement. */
export class Conditions {
  readonly values: string[] = [];
  readonly #parts: string[] = [];

  equal(column: string, value: string): this {
    this.#parts.push(`${column} = ${this.#place(value)}`);
    return this;
  }

  /** None at all when there are no values. */
  oneOf(column: string, values: readonly string[]): this {
    this.#parts.push(values.length === 0 ? "1 = 0" : `${column} IN (${values.map((value) => this.#place(value)).join(", ")})`);
    return this;
  }

  /** Behind a value in ascending order. */
  after(column: string, value: string): this {
    this.#parts.push(`${column} > ${this.#place(value)}`);
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

  #place(value: string): string {
    return `$${this.values.push(value)}`;
  }
}
