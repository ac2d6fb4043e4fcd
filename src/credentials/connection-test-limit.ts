import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Viewer } from "../access/viewer.ts";
import type { Config } from "../config.ts";
import type { RateLimiter } from "../database/rate-counters.ts";
import { GatewayError } from "../errors.ts";
import type { ConnectionErrorCode, ConnectionStage } from "../upstream/connection-error.ts";

type Outcome = { readonly code: ConnectionErrorCode | null; readonly stage: ConnectionStage };

type Dependencies = {
  readonly limiter: RateLimiter;
  readonly config: Pick<Config, "CONNECTION_TESTS_PER_MINUTE" | "CONNECTION_TEST_FLOOR_MS">;
};

/** Tests of one user that run at a time in one process; more wait. */
const AT_ONCE = 10;

type Gate = { running: number; readonly waiting: (() => void)[] };

/**
 * Keeps connection tests from being a port scanner or a way to guess passwords. Failures are counted, for all nodes together;
 * a test that passes, or is refused before anything is contacted, tells nobody anything new and does not count. A failure takes
 * a time that says nothing of where it failed.
 */
export class ConnectionTestLimit {
  readonly #deps: Dependencies;
  readonly #gates = new Map<string, Gate>();

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /**
   * Runs a test, which gives `settle` its outcome before it measures its time.
   * @throws {GatewayError} RATE_LIMITED when too many tests of the viewer failed within a minute
   */
  async guard<Result>(viewer: Viewer, run: (settle: (outcome: Outcome) => Promise<void>) => Promise<Result>): Promise<Result> {
    const key = `connection-test:${viewer.id ?? viewer.type}`;
    const leave = await this.#enter(key);
    try {
      const startedAt = performance.now();
      await this.#require(key);
      return await run((outcome) => this.#settle(key, startedAt, outcome));
    } finally {
      leave();
    }
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
    if (rest > 0) await sleep(rest);
  }

  async #enter(key: string): Promise<() => void> {
    const gate = this.#gates.get(key) ?? { running: 0, waiting: [] };
    this.#gates.set(key, gate);
    if (gate.running >= AT_ONCE) await new Promise<void>((resolve) => gate.waiting.push(resolve));
    else gate.running += 1;
    return () => {
      const next = gate.waiting.shift();
      // Whoever waited longest takes over the place.
      if (next !== undefined) return next();
      gate.running -= 1;
      if (gate.running === 0) this.#gates.delete(key);
    };
  }
}
