/**
 * Settles as the promise does, or rejects as soon as the signal is aborted, even if what was promised hangs: with what `reason`
 * makes, else with the signal's own.
 */
export async function untilAborted<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
  reason: () => unknown = () => signal.reason,
): Promise<Result> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(reason());
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true, signal: settled.signal });
  });
  return Promise.race([promise, aborted]).finally(() => settled.abort());
}
