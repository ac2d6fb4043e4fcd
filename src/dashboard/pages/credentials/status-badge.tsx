import type { CredentialStatus } from "../../gql/graphql.ts";
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

/** A credential's status in a word. */
export function StatusBadge({ status }: { readonly status: CredentialStatus }) {
  return <Badge tone={STATUS_TONES[status]}>{texts.credentials.statuses[status]}</Badge>;
}
