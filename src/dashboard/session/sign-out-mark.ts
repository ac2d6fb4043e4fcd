const KEY = "postern.signed-out";

/**
 * That somebody signed out and the gateway has not said yet that it knows: the cookie, which no script can take away, would sign
 * them in again with the next reload.
 */
export const signOutMark = {
  set: () => act(() => localStorage.setItem(KEY, "yes")),
  clear: () => act(() => localStorage.removeItem(KEY)),
  isSet: () => act(() => localStorage.getItem(KEY)) === "yes",
};

function act<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch {
    // A browser that keeps nothing remembers nothing here.
    return null;
  }
}
