/**
 * Tells those who watch a run in this process that it changed. It carries no state: whoever is told reads the row, which
 * is also what those in another process do after a while.
 */
export class SyncProgress {
  readonly #waiting = new Map<string, Set<() => void>>();

  publish(runId: string): void {
    for (const wake of this.#waiting.get(runId) ?? []) wake();
  }

  /** Resolves at the run's next change here, and in any case after `timeoutMs`. */
  next(runId: string, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(runId) ?? new Set();
      this.#waiting.set(runId, waiting);
      const wake = () => {
        clearTimeout(timer);
        waiting.delete(wake);
        if (waiting.size === 0 && this.#waiting.get(runId) === waiting) this.#waiting.delete(runId);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs).unref();
      waiting.add(wake);
    });
  }
}
