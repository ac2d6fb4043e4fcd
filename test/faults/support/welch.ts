/** Welch's t of two samples: how many standard errors their means are apart. */
export function welchT(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [momentsOf(left), momentsOf(right)];
  return (a.mean - b.mean) / Math.sqrt(a.variance / left.length + b.variance / right.length);
}

/** The same without what took longer than most of both: there the machine spoke, not the code. */
export function croppedWelchT(left: readonly number[], right: readonly number[], kept: number): number {
  const all = [...left, ...right].sort((one, other) => one - other);
  const bound = all[Math.floor(all.length * kept)] ?? Number.POSITIVE_INFINITY;
  const crop = (times: readonly number[]) => times.filter((time) => time <= bound);
  return welchT(crop(left), crop(right));
}

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, variance };
}
