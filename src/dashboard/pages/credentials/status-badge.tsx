import type { CredentialStatus, ListedCredentialFragment } from "../../gql/graphql.ts";
import { Badge, type Tone } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";

/** How much a status asks for somebody to act. */
export const STATUS_TONES: Readonly<Record<CredentialStatus, Tone>> = {
  VALID: "ok",
  UNTESTED: "neutral",
  UNREACHABLE: "warn",
  INVALID: "bad",
  EXPIRED: "bad",
  UNREADABLE: "bad",
};

/** Whether a test that passed looked at the fields alone: there was no system to try them at. */
export function isNeverTried({ outcome, stage }: Pick<NonNullable<ListedCredentialFragment["lastTest"]>, "outcome" | "stage">) {
  return outcome === "PASSED" && stage === "VALIDATE";
}

/** A credential's status in a word; only what was seen to work is said to. */
export function StatusBadge({ credential: { status, lastTest } }: { readonly credential: ListedCredentialFragment }) {
  if (status === "VALID" && lastTest != null && isNeverTried(lastTest)) {
    return <Badge tone="info">{texts.credentials.complete}</Badge>;
  }
  return <Badge tone={STATUS_TONES[status]}>{texts.credentials.statuses[status]}</Badge>;
}
