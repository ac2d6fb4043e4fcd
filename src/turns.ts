import type { GatewayError } from "./errors.ts";

type Line = { running: number; readonly waiting: (() => void)[] };

/** How much of one key's work is done at once, and how much more may wait for it. */
export type TurnLimits = {
  readonly atOnce: number;
  /** What comes beyond `most` gets the error instead; any number may wait when left out. */
  readonly line?: { readonly most: number; readonly tooMany: () => GatewayError };
};

/**
 * Does so much work of one key at once; the rest waits for its turn, in the order in which it came. Waiting instead of refusing
 * keeps two hundred callers of one upstream login from failing, and a bounded line a flood from growing the memory.
 */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #lines = new Map<string, Line>();

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** Does the work when it is its turn; all is of one key when left out. @throws what `tooMany` makes, and what the work throws */
  async run<Result>(work: () => Promise<Result>, key = ""): Promise<Result> {
    const turn = this.#take(key);
    if (turn !== null) await turn;
    try {
      return await work();
    } finally {
      this.#pass(key);
    }
  }

  /** How much work of all keys waits for its turn. */
  waiting(): number {
    let sum = 0;
    for (const { waiting } of this.#lines.values()) sum += waiting.length;
    return sum;
  }

  /** A turn: at once, which is null, or when the promise resolves. */
  #take(key: string): Promise<void> | null {
    const { atOnce, line: bound } = this.#limits;
    const line = this.#lines.get(key) ?? { running: 0, waiting: [] };
    this.#lines.set(key, line);
    if (line.running < atOnce) {
      line.running += 1;
      return null;
    }
    if (bound !== undefined && line.waiting.length >= bound.most) throw bound.tooMany();
    return new Promise((resolve) => line.waiting.push(resolve));
  }

  #pass(key: string): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    const next = line.waiting.shift();
    // The turn goes over to whoever waits longest.
    if (next !== undefined) next();
    else line.running -= 1;
    if (line.running === 0) this.#lines.delete(key);
  }
}
