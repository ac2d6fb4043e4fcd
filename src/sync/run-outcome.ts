import { asStoreError } from "../database/database.ts";
import type { SyncStateModel } from "../database/generated/sqlite/models.ts";
import { LeaseLostError } from "../database/leases.ts";
import { GatewayError } from "../errors.ts";
import { ConnectionError, type ConnectionErrorCode } from "../upstream/connection-error.ts";
import { MassDisappearanceError, RunInterruption, TooManyRowsError } from "./run-failure.ts";
import type { RunEnd } from "./sync-run.repository.ts";

/** How a run ended, and what else follows from it. */
export type RunOutcome = {
  readonly end: RunEnd;
  /** What the next run begins with; null leaves the state as it is. */
  readonly state: SyncStateModel | null;
  /** What the upstream made of the credential: null when it worked; absent when this run does not tell. */
  readonly upstreamFailure?: ConnectionErrorCode | null;
  /** What was our own fault, for the log. */
  readonly cause?: unknown;
};

/** The outcome of a run that was cancelled: the next one begins where this one did. */
export const CANCELLED: RunOutcome = { end: { status: "CANCELLED", errorCode: null, errorMessage: null }, state: null };

/** The outcome of a run that brought everything; the next one begins with the state. */
export function succeeded(state: SyncStateModel): RunOutcome {
  return { end: { status: "SUCCEEDED", errorCode: null, errorMessage: null }, state, upstreamFailure: null };
}

function failed(errorMessage: string, errorCode: ConnectionErrorCode | null, more: Partial<RunOutcome> = {}): RunOutcome {
  return { end: { status: "FAILED", errorCode, errorMessage }, state: null, ...more };
}

/**
 * The end that an error means for a run.
 * @throws the error itself when the run has not ended: its lease is lost, this process stops, or the store is away. It
 *   goes on at its checkpoint, here or elsewhere.
 */
export function outcomeOf(error: unknown): RunOutcome {
  if (error instanceof ConnectionError) return failed(error.message, error.code, { upstreamFailure: error.code });
  if (error instanceof MassDisappearanceError || error instanceof TooManyRowsError) {
    return failed(error.message, null, { upstreamFailure: null });
  }
  if (error instanceof RunInterruption && error.reason === "CANCELLED") return CANCELLED;
  if (error instanceof RunInterruption || error instanceof LeaseLostError) throw error;
  const known = asStoreError(error);
  if (!(known instanceof GatewayError)) return failed("Postern failed during this sync.", null, { cause: error });
  if (known.code === "UNAVAILABLE") throw known;
  return failed(known.message, null);
}
