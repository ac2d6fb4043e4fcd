import { encodeAuditText } from "../../audit/audit-text.ts";

/** What becomes of a thing, in the words of the report. */
const OUTCOMES = [
  "create user",
  "add password",
  "keep user",
  "create credential",
  "new version",
  "same already",
  "no credential",
  "REFUSED",
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** One line of the report. Nothing in it is secret. */
export type ReportLine = {
  readonly outcome: Outcome;
  /** The user, as the old system has the name. */
  readonly name: string;
  /** `user`, or connector, project and label of a credential. */
  readonly subject: string;
  readonly place: string | null;
  readonly note: string | null;
};

export type ImportReport = {
  add(line: ReportLine): void;
  isEmpty(): boolean;
  /** Prints the sums; true when nothing was refused. */
  end(isApplied: boolean): boolean;
};

const CHANGES: readonly Outcome[] = ["create user", "add password", "create credential", "new version"];
const WIDTHS = { outcome: 19, name: 24, subject: 32 } as const;

/** A table that is printed line by line, so that its length costs no memory. */
export function createImportReport(print: (line: string) => void): ImportReport {
  const counts = new Map<Outcome, number>();
  const write = (outcome: string, name: string, subject: string, rest: string) => {
    const columns = `${outcome.padEnd(WIDTHS.outcome)}${name.padEnd(WIDTHS.name)} ${subject.padEnd(WIDTHS.subject)} ${rest}`;
    print(columns.trimEnd());
  };
  return {
    add: ({ outcome, name, subject, place, note }) => {
      if (counts.size === 0) write("outcome", "user", "what", "where");
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      // Names come from another system: what a terminal would obey is written out.
      const rest = [place, note].filter((text) => text !== null).join(": ");
      write(outcome, encodeAuditText(name), encodeAuditText(subject), encodeAuditText(rest));
    },
    isEmpty: () => counts.size === 0,
    end: (isApplied) => {
      print("");
      print(sumUp(counts, isApplied));
      return !counts.has("REFUSED");
    },
  };
}

function sumUp(counts: ReadonlyMap<Outcome, number>, isApplied: boolean): string {
  const sums = OUTCOMES.flatMap((outcome) => (counts.has(outcome) ? [`${outcome} ${counts.get(outcome)}`] : [])).join(", ");
  const hasChanges = CHANGES.some((outcome) => counts.has(outcome));
  if (!hasChanges) return `Nothing to do${sums === "" ? "" : `: ${sums}`}.`;
  return isApplied ? `Done: ${sums}.` : `A dry run, nothing is changed: ${sums}. With --apply it is done.`;
}
