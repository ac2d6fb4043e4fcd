import { expect, test } from "vitest";

/** One number that a fault gives, with the bound that it must keep. */
export type Figure = {
  /** What was counted or measured, unit included: `acknowledged writes lost`, `worst answer, ms`. */
  readonly what: string;
  readonly value: number;
  /** Missed when the value is over it (or under it for `atLeast`, or another one for `exactly`). Left out: only shown. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number } | { readonly exactly: number };
};

/** What a run found: how often the fault was caused, and the figures. */
export type Figures = { readonly cases: number; readonly figures: readonly Figure[] };

export type FaultOptions = {
  /** True in continuous integration: few cases, a few seconds. */
  readonly isShort: boolean;
  /** How many cases to run: the first by command, the second in the short form; `--cases N` overrides both. */
  count(full: number, short: number): number;
};

export type Fault = {
  /** Kebab-case, the file's name without `.fault.ts`: `npm run faults -- NAME`. */
  readonly name: string;
  /** One sentence: what is done to the gateway, and what must hold. */
  readonly about: string;
  run(options: FaultOptions): Promise<Figures>;
};

/** A fault's figures as the command prints them. */
export type FaultReport = Figures & Pick<Fault, "name" | "about"> & { readonly seconds: number };

declare module "vitest" {
  interface TaskMeta {
    fault?: FaultReport;
  }
}

/** True when the figure keeps its target, or has none. */
function isMet({ value, target }: Figure): boolean {
  if (target === undefined) return true;
  if ("atMost" in target) return value <= target.atMost;
  return "atLeast" in target ? value >= target.atLeast : value === target.exactly;
}

function readOptions(): FaultOptions {
  const isShort = process.env.FAULTS_SHORT === "1";
  const cases = process.env.FAULTS_CASES;
  return { isShort, count: (full, short) => (cases === undefined ? (isShort ? short : full) : Number(cases)) };
}

/**
 * Registers a fault, one a file. It runs as a vitest test, so that everything under `test/support` can be used, and fails
 * when it rejects or a figure misses its target.
 */
export function defineFault(fault: Fault): void {
  test(fault.name, async ({ task }) => {
    const began = performance.now();
    const { cases, figures } = await fault.run(readOptions());
    const seconds = Math.round((performance.now() - began) / 1_000);
    task.meta.fault = { name: fault.name, about: fault.about, cases, figures, seconds };
    const missed = figures.filter((figure) => !isMet(figure)).map(({ what, value }) => `${what}: ${value}`);
    expect(missed).toEqual([]);
  });
}
