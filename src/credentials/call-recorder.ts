import type { AuditEntry } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";

/** Longest time that the end of a call waits for another's beginning, in milliseconds. */
const LONGEST_WAIT_MS = 2;

type Waiting = { readonly entry: AuditEntry; readonly settle: (recorded: Promise<void>) => void };

/**
 * Puts the beginnings and ends of calls on record. A call waits for the commit of its beginning, and nobody for that of an end: it
 * goes along with the next beginning, so that calls that follow one another need one commit each and not two.
 */
export class CallRecorder {
  readonly #audit: Pick<AuditLog, "record">;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(audit: Pick<AuditLog, "record">) {
    this.#audit = audit;
  }

  /** Durable when it resolves. @throws {GatewayError} UNAVAILABLE when it could not be stored */
  begin(entry: AuditEntry): Promise<void> {
    this.handOver();
    return this.#audit.record(entry);
  }

  /** The same, a moment later at most. */
  end(entry: AuditEntry): Promise<void> {
    return new Promise((settle) => {
      this.#waiting.push({ entry, settle });
      this.#timer ??= setTimeout(() => this.handOver(), LONGEST_WAIT_MS);
    });
  }

  /** Gives the audit log what waits; call it before that is closed. */
  handOver(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { entry, settle } of waiting) settle(this.#audit.record(entry));
  }
}
