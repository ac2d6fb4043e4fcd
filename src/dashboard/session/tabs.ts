import type { Tokens } from "./session.ts";

/** What tabs of one browser tell each other; tokens go from memory to memory and are stored nowhere. */
export type TabMessage =
  | { readonly kind: "tokens"; readonly tokens: Tokens }
  | { readonly kind: "signed-out" }
  /** The playground has no session of its own. */
  | { readonly kind: "tokens-please" };

const ANSWER_MS = 1_500;

/** The other tabs of this browser that have Postern open. */
export class Tabs {
  readonly #channel = new BroadcastChannel("postern-session");

  /** Calls back for each message of another tab, for as long as the page lives. */
  listen(onMessage: (message: TabMessage) => void): void {
    this.#channel.addEventListener("message", ({ data }) => onMessage(data as TabMessage));
  }

  tell(message: TabMessage): void {
    this.#channel.postMessage(message);
  }

  /** The tokens of a tab that is signed in, or null when none answers soon. */
  ask(): Promise<Tokens | null> {
    return new Promise((resolve) => {
      const answered = ({ data }: MessageEvent<TabMessage>) => data.kind === "tokens" && end(data.tokens);
      const end = (tokens: Tokens | null) => {
        clearTimeout(timer);
        this.#channel.removeEventListener("message", answered);
        resolve(tokens);
      };
      const timer = setTimeout(end, ANSWER_MS, null);
      this.#channel.addEventListener("message", answered);
      this.tell({ kind: "tokens-please" });
    });
  }

  /** Runs one such task at a time in all tabs; where the browser knows no locks, as soon as it is asked. */
  oneAtATime<Result>(task: () => Promise<Result>): Promise<Result> {
    // Only secure origins have locks. Without them the gateway's own window for a token that two tabs send at once does.
    return navigator.locks === undefined ? task() : navigator.locks.request("postern-session", task);
  }
}
