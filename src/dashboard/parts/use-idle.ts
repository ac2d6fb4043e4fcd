import { useEffect, useState } from "react";

const LONGEST_WAIT_MS = 2_000;

/** Calls back when the browser has nothing more urgent to do, or after two seconds; gives how to call it off. */
export function whenIdle(callback: () => void): () => void {
  // Safari knows no idle time.
  if (window.requestIdleCallback === undefined) {
    const timer = setTimeout(callback, LONGEST_WAIT_MS);
    return () => clearTimeout(timer);
  }
  const idle = requestIdleCallback(callback, { timeout: LONGEST_WAIT_MS });
  return () => cancelIdleCallback(idle);
}

/** False until the browser has had a moment of rest since this was mounted: for what must not hold up the page. */
export function useIdle(): boolean {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => whenIdle(() => setIdle(true)), []);
  return isIdle;
}
