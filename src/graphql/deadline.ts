import type { DocumentNode } from "graphql";
import { GatewayError } from "../errors.ts";
import { fieldNamesOf } from "./document-fields.ts";

const LOGIN_MS = 100_000;
const SYNC_MS = 15 * 60_000;

/** Mutations that may wait for an upstream's login, which some take many seconds for. */
const LOGIN_FIELDS = ["issueAccessToken", "callUpstream"];

/** Mutations that answer when a sync has ended. */
const SYNC_FIELDS = ["syncContactsFromOdoo", "syncProductsFromOdoo", "sync_contacts_from_odoo"];

/** How long an operation of the document may take, in milliseconds; one that waits for nobody, `ordinarySeconds`. */
export function deadlineMsOf(document: DocumentNode, ordinarySeconds: number): number {
  const ordinaryMs = ordinarySeconds * 1_000;
  const names = fieldNamesOf(document);
  if (SYNC_FIELDS.some((name) => names.has(name))) return Math.max(ordinaryMs, SYNC_MS);
  return LOGIN_FIELDS.some((name) => names.has(name)) ? Math.max(ordinaryMs, LOGIN_MS) : ordinaryMs;
}

/**
 * The time that one operation has. `signal` aborts when it is up, so that resolvers and what they call stop; `within` answers
 * then, even when something does not stop.
 */
export class Deadline {
  readonly #controller = new AbortController();
  #expire: (reason: GatewayError) => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  /** Made when somebody asks for it, and most operations wait for nobody. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What comes of the work. @throws {GatewayError} DEADLINE_EXCEEDED when the time is up before, and what the work throws */
  within<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#expire = reject;
      void work.then(resolve, reject).then(() => this.stop());
    });
  }

  /** Begins anew; a mutation's caller is told that it may have been done nevertheless. */
  start(milliseconds: number, isMutation: boolean): void {
    this.stop();
    this.#timer = setTimeout(() => {
      const stopped = `This took longer than ${milliseconds / 1_000} s and was stopped`;
      const message = isMutation ? `${stopped}; look whether it was done before you repeat it.` : `${stopped}.`;
      const reason = new GatewayError("DEADLINE_EXCEEDED", message);
      this.#expire(reason);
      this.#controller.abort(reason);
    }, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Ends the signal: whoever asked is gone. What does not go by it has its time nevertheless. */
  abandon(): void {
    this.#controller.abort();
  }
}
