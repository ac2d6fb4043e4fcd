import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Viewer } from "../access/viewer.ts";
import type { Config } from "../config.ts";
import type { RateLimiter } from "../database/rate-counters.ts";
import { GatewayError } from "../errors.ts";
import { Turns } from "../turns.ts";
import type { ConnectionErrorCode, ConnectionStage } from "../upstream/connection-error.ts";

type Outcome = { readonly code: ConnectionErrorCode | null; readonly stage: ConnectionStage };

type Dependencies = {
  readonly limiter: RateLimiter;
  readonly config: Pick<Config, "CONNECTION_TESTS_PER_MINUTE" | "CONNECTION_TEST_FLOOR_MS">;
};

/** Tests of one user that run at a time in one process; more wait. */
const AT_ONCE = 10;

/**
 * Keeps connection tests from being a port scanner or a way to guess passwords. Failures are counted, for all nodes together;
 * a test that passes, or is refused before anything is contacted, tells nobody anything new and does not count. A failure takes
 * a time that says nothing of where it failed.
 */
export class ConnectionTestLimit {
  readonly #deps: Dependencies;
  readonly #turns = new Turns({ atOnce: AT_ONCE });

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /**
   * Runs a test, which gives `settle` its outcome before it measures its time.
   * @throws {GatewayError} RATE_LIMITED when too many tests of the viewer failed within a minute
   */
  async guard<Result>(viewer: Viewer, run: (settle: (outcome: Outcome) => Promise<void>) => Promise<Result>): Promise<Result> {
    const key = `connection-test:${viewer.id ?? viewer.type}`;
    return this.#turns.run(async () => {
      await this.#require(key);
      const startedAt = performance.now();
      return await run((outcome) => this.#settle(key, startedAt, outcome));
    }, key);
  }

  get #limit() {
    return { points: this.#deps.config.CONNECTION_TESTS_PER_MINUTE, windowSeconds: 60 };
  }

  async #require(key: string): Promise<void> {
    if (this.#limit.points === 0) return;
    const { remaining, resetSeconds } = await this.#deps.limiter.consume(key, this.#limit, 0);
    if (remaining > 0) return;
    const message = `Too many connection tests failed. Come back in ${resetSeconds} s.`;
    throw new GatewayError("RATE_LIMITED", message, { retryAfterSeconds: resetSeconds, reason: "connection-tests" });
  }

  async #settle(key: string, startedAt: number, { code, stage }: Outcome): Promise<void> {
    if (code === null || stage === "VALIDATE" || code === "BLOCKED_ADDRESS") return;
    if (this.#limit.points > 0) await this.#deps.limiter.consume(key, this.#limit);
    const floor = this.#deps.config.CONNECTION_TEST_FLOOR_MS;
    const rest = floor + randomInt(Math.ceil(floor / 2) + 1) - (performance.now() - startedAt);
    // A timer may end a millisecond early.
    if (rest > 0) await sleep(Math.ceil(rest) + 1);
  }
}
