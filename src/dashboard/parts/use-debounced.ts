import { useEffect, useRef, useState } from "react";

/** The value: at once after a pause, and while it goes on changing, once it has stayed the same for a while. */
export function useDebounced<Value>(value: Value, ms = 200): Value {
  const [settled, setSettled] = useState(value);
  const changedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const now = performance.now();
    const timer = setTimeout(() => setSettled(value), now - changedAt.current < ms ? ms : 0);
    changedAt.current = now;
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
