import { GatewayError } from "../errors.ts";

type Caller = { running: number; readonly waiting: (() => void)[] };

/**
 * Lets so many operations of one caller run at once, and so many more wait for their turn, in the order in which they
 * came. Waiting instead of refusing at once keeps two hundred callers of one upstream login from failing.
 */
export class OperationSlots {
  readonly #callers = new Map<string, Caller>();

  constructor(
    private readonly most: number,
    private readonly mostWaiting: number,
  ) {}

  /**
   * Takes a slot: at once, which is null, or when the promise resolves. `leave` it in any case.
   * @throws {GatewayError} RATE_LIMITED when too many wait already; then there is nothing to leave.
   */
  enter(callerId: string): Promise<void> | null {
    const caller = this.#callers.get(callerId) ?? { running: 0, waiting: [] };
    this.#callers.set(callerId, caller);
    if (caller.running < this.most) {
      caller.running += 1;
      return null;
    }
    if (caller.waiting.length >= this.mostWaiting) {
      throw new GatewayError("RATE_LIMITED", "Too many operations at once.", {
        retryAfterSeconds: 1,
        reason: "caller-operations",
      });
    }
    return new Promise((resolve) => caller.waiting.push(resolve));
  }

  /** How many operations of all callers wait for their turn. */
  waiting(): number {
    let sum = 0;
    for (const { waiting } of this.#callers.values()) sum += waiting.length;
    return sum;
  }

  leave(callerId: string): void {
    const caller = this.#callers.get(callerId);
    if (caller === undefined) return;
    const next = caller.waiting.shift();
    // The slot goes over to whoever waits longest.
    if (next !== undefined) next();
    else caller.running -= 1;
    if (caller.running === 0) this.#callers.delete(callerId);
  }
}
