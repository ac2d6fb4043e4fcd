/** Why a run stops before its end without having failed. */
export class RunInterruption extends Error {
  override readonly name = "RunInterruption";
  readonly reason: "CANCELLED" | "GONE" | "LEASE_LOST" | "STOPPING";

  constructor(reason: RunInterruption["reason"]) {
    super(`The sync run was interrupted: ${reason}.`);
    this.reason = reason;
  }
}

/** So many rows are gone that nothing was deleted; the message is for the credential's owner. */
export class MassDisappearanceError extends Error {
  override readonly name = "MassDisappearanceError";

  constructor(vanished: number, stored: number) {
    super(
      `The upstream no longer shows ${vanished} of ${stored} stored rows. That looks like a change of permissions or company, so nothing was deleted. Run a full sync to accept it.`,
    );
  }
}

/** The upstream has more rows than are kept; the message is for the credential's owner. */
export class TooManyRowsError extends Error {
  override readonly name = "TooManyRowsError";

  constructor(mostRows: number) {
    super(
      `The upstream has more than ${mostRows} rows, the most that are kept of one credential. What was stored before stays. Give the credential an account that sees fewer, or have whoever runs Postern raise SYNC_MAX_ROWS.`,
    );
  }
}
