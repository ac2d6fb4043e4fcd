import { useEffect, useState } from "react";

// Made when a time is shown: a browser takes longer for them than for a page without times.
let relative: Intl.RelativeTimeFormat | undefined;
let exact: Intl.DateTimeFormat | undefined;

const DAY = 86_400;
/** A unit in seconds, and from how many seconds on it is used: of "in 2 months" nobody knows whether it is 60 days or 90. */
const STEPS: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number, number]> = [
  ["year", 31_557_600, 2 * 31_557_600],
  ["month", 2_629_800, 100 * DAY],
  ["day", DAY, DAY],
  ["hour", 3_600, 3_600],
  ["minute", 60, 60],
];

/** "3 minutes ago", "in 2 days": a moment as seen from another. */
export function relativeTime(moment: Date, now: Date): string {
  const seconds = Math.round((moment.getTime() - now.getTime()) / 1000);
  const step = STEPS.find(([, , from]) => Math.abs(seconds) >= from);
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
