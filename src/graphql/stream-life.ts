import { type ExecutionResult, GraphQLError } from "graphql";
import { GatewayError } from "../errors.ts";

/** A user that was disabled is refused everywhere within five seconds; what was heard is up to two seconds old. */
const RECHECK_MS = 3_000;

function isRefusal(error: unknown): error is GatewayError {
  return error instanceof GatewayError && (error.code === "UNAUTHENTICATED" || error.code === "FORBIDDEN");
}

/** One open stream: `ended` resolves with the last thing to say, or null, when it must end. */
export type StreamLife = {
  readonly ended: Promise<ExecutionResult | null>;
  end(last: ExecutionResult | null): void;
  close(): void;
};

/** The streams that are open in this process. */
export class OpenStreams {
  readonly #lives = new Map<StreamLife, string>();
  #isEnding = false;

  constructor(private readonly most: number) {}

  /**
   * Begins a stream that ends as soon as `recheck` rejects with a refusal of the caller; `close` it when the client is gone.
   * @throws {GatewayError} RATE_LIMITED when the caller has too many open.
   */
  open(caller: string, recheck: () => Promise<unknown>): StreamLife {
    const count = [...this.#lives.values()].filter((other) => other === caller).length;
    if (count >= this.most) {
      throw new GatewayError("RATE_LIMITED", `At most ${this.most} streams at a time.`, {
        retryAfterSeconds: 1,
        reason: "caller-streams",
      });
    }
    let settle: (last: ExecutionResult | null) => void = () => {};
    const ended = new Promise<ExecutionResult | null>((resolve) => {
      settle = resolve;
    });
    const timer = setInterval(() => {
      recheck().catch((error: unknown) => {
        // A store that is away for a moment ends no session.
        if (isRefusal(error)) life.end({ errors: [new GraphQLError("", { originalError: error })] });
      });
    }, RECHECK_MS);
    const life: StreamLife = {
      ended,
      end: settle,
      close: () => {
        clearInterval(timer);
        this.#lives.delete(life);
        settle(null);
      },
    };
    this.#lives.set(life, caller);
    if (this.#isEnding) life.end(null);
    return life;
  }

  /** Ends every stream, also those that are opened later, so that the server can close. */
  endAll(): void {
    this.#isEnding = true;
    for (const life of this.#lives.keys()) life.end(null);
  }
}
