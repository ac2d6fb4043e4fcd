import { compileDomain } from "./domain.ts";
import { type OdooEdition, OdooFault, type OdooRecord, type OdooValue } from "./record.ts";

export type Selection = {
  domain: unknown;
  limit?: unknown;
  offset?: unknown;
  isActiveOnly: boolean;
};

const asText = (written: number) => new Date(Math.floor(written / 1_000_000) * 1000).toISOString().slice(0, 19).replace("T", " ");

/**
 * One model of one database: records in the order of their ids. Each method is one transaction, and all that it writes
 * carries the transaction's start as its write date, to the microsecond.
 */
export class OdooTable {
  #records: OdooRecord[] = [];
  #nextId: number;
  readonly model: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly #edition: OdooEdition;
  readonly #clock: () => number;

  constructor(model: string, fields: Record<string, string>, edition: OdooEdition, clock: () => number, firstId = 1) {
    this.model = model;
    this.fields = { id: "integer", active: "boolean", write_date: "datetime", display_name: "char", ...fields };
    this.#edition = edition;
    this.#clock = clock;
    this.#nextId = firstId;
  }

  get size(): number {
    return this.#records.length;
  }

  /** Adds records; absent fields are empty. Returns their ids. */
  create(rows: readonly Readonly<Record<string, OdooValue>>[]): number[] {
    const transaction = this.begin();
    const ids = transaction.create(rows);
    transaction.commit();
    return ids;
  }

  write(ids: readonly number[], values: Readonly<Record<string, OdooValue>>): void {
    const transaction = this.begin();
    transaction.write(ids, values);
    transaction.commit();
  }

  touch(ids: readonly number[]): void {
    this.write(ids, {});
  }

  archive(ids: readonly number[]): void {
    this.write(ids, { active: false });
  }

  /** Leaves no trace, as in Odoo. */
  unlink(ids: readonly number[]): void {
    const gone = new Set(ids);
    this.#records = this.#records.filter((record) => !gone.has(record.id));
  }

  /** Writes through the product template: before 19 that leaves the variant's own write date alone. */
  writeTemplate(ids: readonly number[], values: Readonly<Record<string, OdooValue>>): void {
    const at = this.#clock();
    const stamp: Record<string, number> = this.#edition >= 19 ? { templateWritten: at, written: at } : { templateWritten: at };
    for (const id of ids) this.#replace(id, { ...values, ...stamp });
  }

  /** A transaction that begins now and is seen when it commits: its write dates then lie in the past. */
  begin() {
    const written = this.#clock();
    const pending: (() => void)[] = [];
    return {
      create: (rows: readonly Readonly<Record<string, OdooValue>>[]) => {
        const ids = rows.map(() => this.#nextId++);
        pending.push(() => {
          for (const [n, row] of rows.entries())
            this.#insert({ active: true, ...row, id: ids[n] ?? 0, written, templateWritten: written });
        });
        return ids;
      },
      write: (ids: readonly number[], values: Readonly<Record<string, OdooValue>>) => {
        pending.push(() => {
          for (const id of ids) this.#replace(id, { ...values, written });
        });
      },
      commit: () => {
        for (const act of pending) act();
      },
    };
  }

  /** The records that a domain selects, by ascending id. */
  select(selection: Selection): OdooRecord[] {
    const { test, greaterThanId, namesActive } = compileDomain(selection.domain, this.fields, this.#edition, this.model);
    const isActiveOnly = selection.isActiveOnly && !namesActive;
    const limit = Number(selection.limit || Number.POSITIVE_INFINITY);
    let toSkip = Number(selection.offset || 0);
    const found: OdooRecord[] = [];
    for (let n = this.#firstAfter(greaterThanId); n < this.#records.length && found.length < limit; n++) {
      const record = this.#records[n];
      if (record === undefined || (isActiveOnly && record.active === false) || !test(record)) continue;
      if (toSkip-- <= 0) found.push(record);
    }
    return found;
  }

  find(id: number): OdooRecord | undefined {
    const record = this.#records[this.#firstAfter(id - 1)];
    return record?.id === id ? record : undefined;
  }

  /** A record as it goes over the wire: `false` for what is empty, seconds without a zone. */
  present(record: OdooRecord, fields: readonly string[]): Record<string, OdooValue> {
    const shown: Record<string, OdooValue> = { id: record.id };
    for (const field of fields) shown[field] = this.#presentField(record, field);
    return shown;
  }

  #presentField(record: OdooRecord, field: string): OdooValue {
    if (field === "write_date") return asText(record.written);
    if (field === "display_name") return record.display_name ?? record.name ?? false;
    return record[field] ?? (this.fields[field] === "float" ? 0 : false);
  }

  #firstAfter(id: number): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#records[middle]?.id ?? 0) <= id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(record: OdooRecord): void {
    this.#records.splice(this.#firstAfter(record.id), 0, record);
  }

  #replace(id: number, values: Readonly<Record<string, OdooValue>>): void {
    const place = this.#firstAfter(id - 1);
    const record = this.#records[place];
    if (record?.id !== id) throw new OdooFault("odoo.exceptions.MissingError", "Record does not exist or has been deleted.");
    this.#records[place] = { ...record, ...values };
  }
}
