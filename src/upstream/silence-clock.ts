import { ConnectionError, type ConnectionStage } from "./connection-error.ts";

/** Watches an exchange of any length: it may last as long as it moves. */
export type SilenceClock = {
  /** Aborts with a `ConnectionError` as its reason when the other side is silent for too long or the caller stops. */
  readonly signal: AbortSignal;
  readonly stage: ConnectionStage;
  /** From now the other side has `ms` until the next call. */
  await(ms: number, lateMessage: string): void;
  /** It is our turn: nobody is waited for. */
  rest(): void;
  /** The exchange is over: nothing is waited or listened for any more. */
  end(): void;
};

/** Starts the clock of one exchange, resting. */
export function startSilenceClock(signal: AbortSignal): SilenceClock {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const fail = (message: string) => controller.abort(new ConnectionError("TIMEOUT", "READ", message));
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
      clearTimeout(timer);
      signal.removeEventListener("abort", stopByCaller);
    },
  };
}
