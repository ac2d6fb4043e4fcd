import { ConnectionError, type ConnectionStage } from "./connection-error.ts";

/** Watches an exchange that may be long: for silence, and for its end. */
export type SilenceClock = {
  /** Aborts with a `ConnectionError` as its reason when the other side is silent for too long, the whole takes too long or the caller stops. */
  readonly signal: AbortSignal;
  readonly stage: ConnectionStage;
  /** From now the other side has `ms` until the next call. */
  await(ms: number, lateMessage: string): void;
  /** It is our turn: nobody is waited for. */
  rest(): void;
  /** The exchange is over: nothing is waited or listened for any more. */
  end(): void;
};

/** Starts the clock of one exchange, which has `totalMs`; it rests. */
export function startSilenceClock(signal: AbortSignal, totalMs: number): SilenceClock {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const fail = (message: string) => controller.abort(new ConnectionError("TIMEOUT", "READ", message));
  const total = setTimeout(() => fail(`The call was not over within ${totalMs / 1_000} s.`), totalMs);
  const stopByCaller = () => fail("The call was stopped before the server had answered.");
  if (signal.aborted) stopByCaller();
  signal.addEventListener("abort", stopByCaller, { once: true });
  return {
    signal: controller.signal,
    stage: "READ",
    await: (ms, lateMessage) => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(lateMessage), ms);
    },
    rest: () => clearTimeout(timer),
    end: () => {
      clearTimeout(total);
      clearTimeout(timer);
      signal.removeEventListener("abort", stopByCaller);
    },
  };
}
