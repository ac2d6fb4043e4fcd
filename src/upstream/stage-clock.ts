import { ConnectionError, type ConnectionStage } from "./connection-error.ts";

/** The deadlines of one request: one for the whole, one for the stage that runs. */
export type StageClock = {
  /** Aborts with a `ConnectionError` as its reason when time is up or the caller stops. */
  readonly signal: AbortSignal;
  readonly stage: ConnectionStage;
  /** Begins a stage that may take `ms`; called again within a stage it only winds the clock up anew. */
  begin(stage: ConnectionStage, ms: number, lateMessage: string): void;
  /** Ends all timers; call it in every case. */
  stop(): void;
};

/** How far a request has come, and what ended it early. */
export type Progress = Pick<StageClock, "signal" | "stage">;

export type StageClockOptions = {
  readonly signal: AbortSignal;
  readonly totalMs: number;
  readonly onStage?: ((stage: ConnectionStage) => void) | undefined;
};

/** Starts the clock of one request. */
export function startStageClock({ signal, totalMs, onStage }: StageClockOptions): StageClock {
  const controller = new AbortController();
  let stage: ConnectionStage = "VALIDATE";
  let timer: NodeJS.Timeout | undefined;
  const end = (message: string) => controller.abort(new ConnectionError("TIMEOUT", stage, message));
  const total = setTimeout(() => end(`The server did not finish its answer within ${totalMs / 1000} s.`), totalMs);
  const stopByCaller = () => end("The call was stopped before the server had answered.");
  if (signal.aborted) stopByCaller();
  signal.addEventListener("abort", stopByCaller, { once: true });
  return {
    signal: controller.signal,
    get stage() {
      return stage;
    },
    begin: (next, ms, lateMessage) => {
      controller.signal.throwIfAborted();
      clearTimeout(timer);
      timer = setTimeout(() => end(lateMessage), ms);
      if (next !== stage) onStage?.(next);
      stage = next;
    },
    stop: () => {
      clearTimeout(total);
      clearTimeout(timer);
      signal.removeEventListener("abort", stopByCaller);
    },
  };
}
