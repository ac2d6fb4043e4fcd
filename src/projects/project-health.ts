import { LRUCache } from "lru-cache";
import type { Clock } from "../identifiers.ts";
import { Turns } from "../turns.ts";
import type { HealthCheck, HealthVerdict } from "./health-check.ts";
import { MAX_PROJECTS } from "./project.repository.ts";

/** A verdict and when it was found. */
export type Health = HealthVerdict & { readonly checkedAt: Date };

/** All in milliseconds: how long a verdict counts as fresh, how long as better than none, and how long a list waits for one. */
export type HealthTimes = { readonly freshMs: number; readonly usableMs: number; readonly patienceMs: number };

/** What counts where no other times are given. */
export const HEALTH_TIMES: HealthTimes = { freshMs: 30_000, usableMs: 300_000, patienceMs: 1_000 };

/** Checks that run at once, however many projects and callers there are. */
const AT_ONCE = 8;

export type ProjectHealthDeps = {
  readonly check: HealthCheck;
  readonly clock: Clock;
  readonly log: { error(details: object, message: string): void };
  readonly times?: HealthTimes;
};

/**
 * Owns what is known of the health URLs, for this process. A verdict is given at once while it is usable and renewed behind the
 * caller's back once it is no longer fresh; one URL has one check under way at a time. Keyed by URL, so that a changed one
 * never shows what was found at the old.
 */
export class ProjectHealth {
  readonly #check: HealthCheck;
  readonly #clock: Clock;
  readonly #log: ProjectHealthDeps["log"];
  readonly #times: HealthTimes;
  readonly #known = new LRUCache<string, Health>({ max: 2 * MAX_PROJECTS });
  readonly #underWay = new Map<string, Promise<Health | null>>();
  readonly #turns = new Turns({ atOnce: AT_ONCE });
  readonly #stop = new AbortController();

  constructor({ check, clock, log, times = HEALTH_TIMES }: ProjectHealthDeps) {
    this.#check = check;
    this.#clock = clock;
    this.#log = log;
    this.#times = times;
  }

  /** What is known of the URL; null when nothing is and a check does not end in time. */
  async look(url: string): Promise<Health | null> {
    const known = this.#known.get(url);
    const age = known === undefined ? Number.POSITIVE_INFINITY : this.#clock.now().getTime() - known.checkedAt.getTime();
    if (known !== undefined && age < this.#times.freshMs) return known;
    const renewed = this.#renew(url);
    if (known !== undefined && age < this.#times.usableMs) return known;
    return await this.#waitFor(renewed);
  }

  /** Ends the checks under way; there are no more after it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#underWay.values());
  }

  #renew(url: string): Promise<Health | null> {
    const underWay = this.#underWay.get(url);
    if (underWay !== undefined) return underWay;
    const begun = this.#run(url).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, begun);
    return begun;
  }

  async #run(url: string): Promise<Health | null> {
    try {
      const verdict = await this.#turns.run(async () => {
        this.#stop.signal.throwIfAborted();
        return await this.#check(url, this.#stop.signal);
      });
      if (this.#stop.signal.aborted) return null;
      const health = { ...verdict, checkedAt: this.#clock.now() };
      this.#known.set(url, health);
      return health;
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#log.error({ err: error }, "a project's health check failed");
      return null;
    }
  }

  async #waitFor(renewed: Promise<Health | null>): Promise<Health | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), this.#times.patienceMs);
    });
    return await Promise.race([renewed, late]).finally(() => clearTimeout(timer));
  }
}
