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
 * The time that one operation has. `signal` aborts when it is up, so that resolvers and what they call stop; `expired`
 * rejects with DEADLINE_EXCEEDED then, so that the caller is answered even when something does not stop.
 */
export class Deadline {
  readonly expired: Promise<never>;
  readonly #controller = new AbortController();
  #reject: (reason: GatewayError) => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.expired = new Promise<never>((_resolve, reject) => {
      this.#reject = reject;
    });
    // Nobody may be listening when it is up.
    this.expired.catch(() => {});
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  start(milliseconds: number): void {
    this.stop();
    this.#timer = setTimeout(() => {
      const reason = new GatewayError("DEADLINE_EXCEEDED", `This took longer than ${milliseconds / 1_000} s and was stopped.`);
      this.#reject(reason);
      this.#controller.abort(reason);
    }, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Ends the signal without an answer: whoever asked is gone. */
  abandon(): void {
    this.stop();
    this.#controller.abort();
  }
}
