/** The editions that the stand-in speaks; 14 and 19 were measured on real servers, 17 behaves like 14 where not. */
export type OdooEdition = 14 | 17 | 19;

export type OdooValue = string | number | boolean | readonly unknown[];
/** A record as stored: `written` and `templateWritten` are microseconds of UTC, which the wire never shows. */
export type OdooRecord = { readonly id: number; readonly written: number; readonly [field: string]: OdooValue };

/** What the server reports when a call fails, under the name that the real one uses. */
export class OdooFault extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
