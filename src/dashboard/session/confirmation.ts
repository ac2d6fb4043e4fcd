import { useSyncExternalStore } from "react";

/** Asks, on top of whatever page, whether the person at the keyboard is the one who signed in. One question at a time. */
class Confirmation {
  #waiting: Array<(isConfirmed: boolean) => void> = [];
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly isAsked = (): boolean => this.#waiting.length > 0;

  /** True once the password was given, false when the person would rather not. */
  ask(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#tell();
    });
  }

  answer(isConfirmed: boolean): void {
    for (const resolve of this.#waiting.splice(0)) resolve(isConfirmed);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The one question of this page. */
export const confirmation = new Confirmation();

/** Whether the question is open. */
export function useIsAsked(): boolean {
  return useSyncExternalStore(confirmation.subscribe, confirmation.isAsked);
}
