import { useEffect, useState } from "react";

// Made when a time is shown: a browser takes longer for them than for a page without times.
let relative: Intl.RelativeTimeFormat | undefined;
let exact: Intl.DateTimeFormat | undefined;

const STEPS: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 minutes ago", "in 2 days": a moment as seen from another. */
export function relativeTime(moment: Date, now: Date): string {
  const seconds = Math.round((moment.getTime() - now.getTime()) / 1000);
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  relative ??= new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (step === undefined) return Math.abs(seconds) < 10 ? "just now" : relative.format(seconds, "second");
  return relative.format(Math.trunc(seconds / step[1]), step[0]);
}

/** A moment, relative, with the exact one on hover; follows the clock. */
export function Time({ value }: { readonly value: string }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const moment = new Date(value);
  exact ??= new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "medium" });
  return (
    <time dateTime={value} title={exact.format(moment)}>
      {relativeTime(moment, now)}
    </time>
  );
}
