/** One credential as its owner knows it from the answers. */
export type KnownCredential = {
  readonly id: string;
  readonly label: string;
  /** The last version whose save was acknowledged, and what was in it. */
  version: number;
  secret: string;
  /** What a save whose answer never came may have stored as the next version. */
  perhaps: string | null;
  /** Reveals that were answered. */
  reveals: number;
  /** `perhaps` after a delete whose answer never came. */
  deleted: "no" | "perhaps" | "yes";
};

/** Everything that the gateway has acknowledged, whichever process of it did. */
export class Ledger {
  readonly users = new Set<string>();
  readonly credentials = new Map<string, KnownCredential>();
  /** Answers with data so far. */
  acknowledged = 0;
  /** Answers with an error so far, by code. */
  readonly refused = new Map<string, number>();

  /** A database that is killed may have committed what is answered by UNAVAILABLE: then its outcome is not known. */
  constructor(private readonly options: { readonly isUnavailableUnknown?: boolean } = {}) {}

  /** True when an answer with this code leaves open whether the request was done. */
  leavesOpen(code: string): boolean {
    // What took too long goes on, perhaps until it is committed.
    return code === "DEADLINE_EXCEEDED" || (this.options.isUnavailableUnknown === true && code === "UNAVAILABLE");
  }

  refuse(code: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }
}
