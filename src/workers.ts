import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { LET_GO } from "./http/listener.ts";
import { ALIVE, DRAIN_MS, WORKER_NUMBER } from "./worker.ts";

/** Beyond the time that a worker gives itself. */
const KILL_MS = DRAIN_MS + 3_000;
/** How often it is looked who has said nothing, and how many looks in a row a worker may say nothing. */
const LOOK_MS = 5_000;
const MOST_SILENT_LOOKS = 6;
/** How long a worker lived whose end is no failure to start, and how long failures are waited for, doubling. */
const STEADY_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** How much longer than the others the last worker takes connections. */
const LAST_MS = 100;

export type WorkersOptions = {
  readonly count: number;
  /** The program that a worker runs. */
  readonly program: string;
  readonly log: Logger;
  /** Called once, when the first worker listens. */
  readonly onListening: () => void;
};

type Running = {
  readonly worker: Worker;
  readonly startedAt: number;
  silentLooks: number;
  /** True once it takes no more connections. */
  isLeaving: boolean;
  /** Its exit code; 1 for one that a signal ended. */
  readonly ended: Promise<number>;
};

/**
 * Keeps so many workers, which share the port: one that ends is replaced, and so is one whose event loop stands still. The
 * process that keeps them opens neither store nor key ring. Resolves with the exit code, once SIGTERM or SIGINT has ended
 * them all, or when the first one could not start.
 */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #running = new Map<number, Running>();
  readonly #stopping = new AbortController();

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  async run(): Promise<number> {
    const { count, program, onListening } = this.#options;
    cluster.setupPrimary({ exec: program, args: [] });
    cluster.on("message", (worker, message) => this.#onMessage(worker, message));
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => this.#stop(signal));
    const looking = setInterval(() => this.#look(), LOOK_MS);
    // Alone at first: what a first start makes is made once, and what is wrong is said once.
    const first = this.#launch(1);
    const isListening = await Promise.race([once(first.worker, "listening").then(() => true), first.ended.then(() => false)]);
    if (!isListening) return first.ended;
    onListening();
    const codes = await Promise.all(Array.from({ length: count }, (_, index) => this.#keep(index + 1)));
    clearInterval(looking);
    return Math.max(...codes);
  }

  #launch(number: number): Running {
    const worker = cluster.fork({ [WORKER_NUMBER]: String(number) });
    const ended = once(worker, "exit").then(([code]) => {
      this.#running.delete(number);
      return (code as number | null) ?? 1;
    });
    const running = { worker, startedAt: performance.now(), silentLooks: 0, isLeaving: false, ended };
    this.#running.set(number, running);
    return running;
  }

  /** Runs one worker after another until all are stopped; the last one's exit code. */
  async #keep(number: number): Promise<number> {
    const { log } = this.#options;
    for (let failures = 0; ; ) {
      const running = this.#running.get(number) ?? this.#launch(number);
      const code = await running.ended;
      if (this.#stopping.signal.aborted) return code;
      failures = code === 0 || performance.now() - running.startedAt > STEADY_MS ? 0 : failures + 1;
      const pauseMs = failures === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
      log.error({ worker: number, code, pauseMs }, "a worker ended and is replaced");
      await sleep(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      if (this.#stopping.signal.aborted) return 0;
    }
  }

  #onMessage(worker: Worker, message: unknown): void {
    const running = [...this.#running.values()].find((candidate) => candidate.worker === worker);
    if (running !== undefined && message === ALIVE) running.silentLooks = 0;
    if (running !== undefined && message === LET_GO) void this.#letGo(running);
  }

  /** Hands it no more connections. With the last one the port is free, before that one hears of it. */
  async #letGo(leaving: Running): Promise<void> {
    leaving.isLeaving = true;
    killLater(leaving.worker);
    const isLast = [...this.#running.values()].every(({ isLeaving }) => isLeaving);
    // What is still to be handed over then is lost: those whom the others have just answered come back first.
    if (isLast) await sleep(LAST_MS);
    if (leaving.worker.isConnected()) leaving.worker.disconnect();
  }

  #look(): void {
    for (const [number, running] of this.#running) {
      if (running.isLeaving) continue;
      running.silentLooks += 1;
      if (running.silentLooks <= MOST_SILENT_LOOKS) continue;
      this.#options.log.error({ worker: number }, "a worker says nothing and is killed");
      running.worker.process.kill("SIGKILL");
    }
  }

  #stop(signal: NodeJS.Signals): void {
    this.#options.log.info({ signal }, "stopping all workers");
    this.#stopping.abort();
    for (const { worker } of this.#running.values()) {
      worker.process.kill("SIGTERM");
      killLater(worker);
    }
  }
}

function killLater({ process: child }: Worker): void {
  const timer = setTimeout(() => child.kill("SIGKILL"), KILL_MS).unref();
  child.once("exit", () => clearTimeout(timer));
}
