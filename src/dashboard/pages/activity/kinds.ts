import { PHRASES } from "../../texts/activity.ts";
import type { texts } from "../../texts/texts.ts";

type Kind = keyof typeof texts.activity.kinds;

/** What the dashboard does by itself. */
const ROUTINE = ["SESSION_REFRESHED"];

/** The choice of the filter that leaves nothing out. */
export const EVERYTHING = "everything";

/** Kinds by what their actions begin with, the first that fits. The start of a call is in none: its end says all that it does. */
const BEGINNINGS: ReadonlyArray<readonly [RegExp, Kind | null]> = [
  [/^CREDENTIAL_/, "credentials"],
  [/^UPSTREAM_CALL_STARTED$/, null],
  [/^(ACCESS_TOKEN|UPSTREAM)_/, "use"],
  [/^(USER_SIGNED|SESSIONS?|PASSWORD_CONFIRMED|SECOND_FACTOR_REQUESTED|RECOVERY_CODE_USED)/, "sessions"],
  [/^SYNC_/, "sync"],
  [/^(USER|PASSWORD|SECOND_FACTOR|RECOVERY_CODES)_/, "users"],
  [/^SERVICE_TOKEN_/, "tokens"],
  [/^PROJECT_/, "projects"],
  [/^(KEY|AUDIT|BACKUP)_/, "trail"],
];

/** The kind of an action; undefined when there is none that it could be. */
export function kindOf(action: string): Kind | null | undefined {
  return BEGINNINGS.find(([beginning]) => beginning.test(action))?.[1];
}

/** How far back each choice of the time filter goes, in milliseconds. */
const TIMES: Readonly<Record<Exclude<keyof typeof texts.activity.times, "all">, number>> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

/** The actions of a kind, among those that have words; of no kind all but the routine; null for everything. */
export function actionsOf(kind: string): string[] | null {
  const actions = Object.keys(PHRASES).filter((action) => (kind === "" ? !ROUTINE.includes(action) : kindOf(action) === kind));
  return actions.length === 0 ? null : actions;
}

/** Since when, to the minute so that a page asks for the same thing while it is looked at; null for always. */
export function startOf(time: string, now: number): string | null {
  const span = TIMES[time as keyof typeof TIMES];
  return span === undefined ? null : new Date(Math.floor((now - span) / 60_000) * 60_000).toISOString();
}
