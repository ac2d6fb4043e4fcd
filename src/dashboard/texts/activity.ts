import { count } from "./common.ts";

/** What an event is about, already in words: `target` is "Odoo production", "the account of ada", "your account". */
export type EventFacts = {
  readonly target: string;
  readonly detail: (name: string) => string | null;
  readonly number: (name: string) => number;
};

/**
 * What somebody did, after their name: `did` when it succeeded, `base` after "tried to". `failed` says a failure in words of
 * its own. `whole` is a sentence that nobody is the subject of.
 */
export type Phrase =
  | { readonly did: string; readonly base: string; readonly failed?: string }
  | { readonly whole: string; readonly failed?: string };

const changes = ({ number }: EventFacts) =>
  [
    number("created") > 0 ? `${number("created").toLocaleString("en")} new` : "",
    number("updated") > 0 ? `${number("updated").toLocaleString("en")} changed` : "",
    number("deleted") > 0 ? `${number("deleted").toLocaleString("en")} deleted` : "",
  ]
    .filter((part) => part !== "")
    .join(", ") || "nothing new";
const projectOf = (name: string | null) => (name === null || name === "" ? "any project" : `the project “${name}”`);
const rowsOf = ({ detail }: EventFacts) => (detail("resource") === "PRODUCTS" ? "products" : "contacts");

/** Each kind of event as words; one that is not here is named as it is recorded. */
export const PHRASES: Readonly<Record<string, (facts: EventFacts) => Phrase>> = {
  USER_REGISTERED: ({ target }) => ({ did: `created ${target}`, base: "create an account" }),
  USER_IMPORTED: ({ target }) => ({ did: `moved in ${target}`, base: `move in ${target}` }),
  USER_SIGNED_IN: ({ target }) => ({
    did: "signed in",
    base: "sign in",
    failed: target === "" ? "tried to sign in, in vain" : `tried to sign in to ${target}, in vain`,
  }),
  USER_SIGNED_OUT: () => ({ did: "signed out", base: "sign out" }),
  SESSION_REFRESHED: () => ({ did: "renewed a session", base: "renew a session" }),
  SESSION_REUSE_DETECTED: () => ({
    whole: "A session's token was used twice, as a thief would; the session was ended",
  }),
  SESSIONS_ENDED: ({ target, number }) => ({
    did: `ended ${count(number("count"), "session", "sessions")} of ${target}`,
    base: `end sessions of ${target}`,
  }),
  USER_ENABLED: ({ target }) => ({ did: `enabled ${target}`, base: `enable ${target}` }),
  USER_DISABLED: ({ target }) => ({ did: `disabled ${target}`, base: `disable ${target}` }),
  USER_ROLE_CHANGED: ({ target, detail }) => {
    const role = detail("role") === "ADMIN" ? "administrator" : "user";
    return { did: `changed the role of ${target} to ${role}`, base: `change the role of ${target} to ${role}` };
  },
  USER_DELETED: ({ target }) => ({ did: `deleted ${target}`, base: `delete ${target}` }),
  PASSWORD_CONFIRMED: () => ({ did: "confirmed their password", base: "confirm their password" }),
  PASSWORD_CHANGED: ({ target }) => ({ did: `changed the password of ${target}`, base: `change the password of ${target}` }),
  PASSWORD_RESET: ({ target }) => ({ did: `reset the password of ${target}`, base: `reset the password of ${target}` }),
  SECOND_FACTOR_REQUESTED: ({ target }) => ({
    whole: `The right password was given for ${target}, and a code was asked for`,
  }),
  SECOND_FACTOR_ENABLED: () => ({ did: "turned their second factor on", base: "turn their second factor on" }),
  SECOND_FACTOR_DISABLED: () => ({ did: "turned their second factor off", base: "turn their second factor off" }),
  SECOND_FACTOR_RESET: ({ target }) => ({
    did: `took the second factor of ${target} away`,
    base: `take the second factor of ${target} away`,
  }),
  RECOVERY_CODE_USED: ({ target }) => ({ whole: `A recovery code of ${target} was used up` }),
  RECOVERY_CODES_RENEWED: () => ({ did: "made new recovery codes", base: "make new recovery codes" }),
  SERVICE_TOKEN_CREATED: ({ target }) => ({ did: `created ${target}`, base: `create ${target}` }),
  SERVICE_TOKEN_REVOKED: ({ target }) => ({ did: `revoked ${target}`, base: `revoke ${target}` }),
  CREDENTIAL_SAVED: ({ target, number }) => {
    const restored = number("restoredFrom");
    if (restored > 0) return { did: `restored version ${restored} of ${target}`, base: `restore a version of ${target}` };
    return { did: number("version") === 1 ? `added ${target}` : `saved ${target}`, base: `save ${target}` };
  },
  CREDENTIAL_TESTED: ({ target, detail }) => ({
    did: `tested ${target}: it works`,
    base: `test ${target}`,
    failed: `tested ${target}: it does not work (${detail("code") ?? "unknown"})`,
  }),
  CREDENTIAL_REVEALED: ({ target }) => ({ did: `revealed the secret of ${target}`, base: `reveal the secret of ${target}` }),
  CREDENTIAL_MOVED: ({ target, detail }) => {
    const label = detail("fromLabel") === detail("label") ? "" : ` from the label “${detail("fromLabel")}”`;
    const project = detail("fromProject") === detail("project") ? "" : ` to ${projectOf(detail("project"))}`;
    return { did: `moved ${target}${label}${project}`, base: `move ${target}` };
  },
  CREDENTIAL_DELETED: ({ target }) => ({ did: `deleted ${target}`, base: `delete ${target}` }),
  CREDENTIAL_UNREADABLE: ({ target }) => ({
    whole: `The secret of ${target} could not be opened`,
    failed: `The secret of ${target} could not be opened`,
  }),
  ACCESS_TOKEN_ISSUED: ({ target, detail }) => ({
    did: `got an access token of ${target}`,
    base: `get an access token of ${target}`,
    failed: `got no access token of ${target} (${detail("code") ?? "unknown"})`,
  }),
  UPSTREAM_CALL_STARTED: ({ target, detail }) => ({
    did: `began a call to ${target}: ${detail("method") ?? ""} ${detail("path") ?? ""}`,
    base: `call ${target}`,
  }),
  UPSTREAM_CALLED: ({ target, detail }) => ({
    did: `called ${target}: ${detail("method") ?? ""} ${detail("path") ?? ""}, answered ${detail("status") ?? "nothing"}`,
    base: `call ${target}`,
    failed: `called ${target}: ${detail("method") ?? ""} ${detail("path") ?? ""}, without an answer (${detail("code") ?? "unknown"})`,
  }),
  SYNC_STARTED: (facts) => ({
    did: `started to sync ${rowsOf(facts)} of ${facts.target}`,
    base: `sync ${rowsOf(facts)} of ${facts.target}`,
  }),
  SYNC_ENDED: (facts) => ({
    whole:
      facts.detail("status") === "CANCELLED"
        ? `The sync of ${rowsOf(facts)} of ${facts.target} was cancelled`
        : `The sync of ${rowsOf(facts)} of ${facts.target} is done: ${changes(facts)}`,
    failed: `The sync of ${rowsOf(facts)} of ${facts.target} failed (${facts.detail("errorCode") ?? "no code"})`,
  }),
  SYNC_CANCELLED: ({ target }) => ({ did: `cancelled a sync of ${target}`, base: `cancel a sync of ${target}` }),
  PROJECT_SAVED: ({ target }) => ({ did: `saved ${target}`, base: `save ${target}` }),
  PROJECT_DELETED: ({ target }) => ({ did: `deleted ${target}`, base: `delete ${target}` }),
  KEY_CREATED: () => ({ did: "made a new key that access tokens are signed with", base: "make a signing key" }),
  KEY_RING_REWRAPPED: () => ({
    did: "sealed every record with the newest key",
    base: "seal every record with the newest key",
  }),
  KEY_RING_ROTATION_STARTED: () => ({
    did: "began to rotate the key-encryption key",
    base: "rotate the key-encryption key",
  }),
  KEY_RING_ROTATED: () => ({ did: "rotated the key-encryption key", base: "rotate the key-encryption key" }),
  KEY_RING_KEY_REMOVAL_STARTED: () => ({
    did: "began to remove an old key-encryption key",
    base: "remove an old key-encryption key",
  }),
  KEY_RING_KEY_REMOVED: () => ({ did: "removed an old key-encryption key", base: "remove an old key-encryption key" }),
  AUDIT_READ: () => ({ did: "read others' activity", base: "read others' activity" }),
  AUDIT_EXPORTED: () => ({ did: "exported the audit trail", base: "export the audit trail" }),
  AUDIT_VERIFIED: () => ({
    did: "verified the audit trail: it is whole",
    base: "verify the audit trail",
    failed: "verified the audit trail: it is not whole",
  }),
  AUDIT_CUT: ({ number }) => ({
    did: `removed ${count(number("events"), "old event", "old events")} from the audit trail`,
    base: "cut the audit trail",
  }),
  BACKUP_CREATED: () => ({ did: "made a backup", base: "make a backup" }),
  BACKUP_RESTORED: () => ({ did: "restored a backup", base: "restore a backup" }),
};

/** The page of what happened. */
export const activity = {
  title: "Activity",
  description: "What you did, and what happened to your credentials. Nothing here can be changed afterwards.",
  descriptionForAdministrators: "Everything that happened here. That you read what others did is recorded as well.",
  filters: { kind: "Kind", allButRoutine: "All but renewals", everything: "Everything", time: "Time" },
  kinds: {
    credentials: "Credentials",
    use: "Use of credentials",
    sessions: "Signing in",
    sync: "Syncs",
    users: "Accounts",
    tokens: "Service tokens",
    projects: "Projects",
    trail: "Keys, backups, audit",
  },
  times: { all: "Always", hour: "Last hour", day: "Last 24 hours", week: "Last 7 days", month: "Last 30 days" },
  columns: { what: "What happened", when: "When", where: "From" },
  who: { you: "You", anonymous: "Somebody not signed in", system: "Postern", service: "A service token", unknown: "Somebody" },
  serviceToken: (name: string) => `The service token “${name}”`,
  targets: {
    yourAccount: "your account",
    accountOf: (username: string) => `the account of ${username}`,
    someAccount: "an account",
    credential: (connector: string, label: string) => `${connector} “${label}”`,
    someCredential: "a credential",
    credentialFor: (connector: string) => `a credential for ${connector}`,
    triedCredential: (connector: string) => `${connector} before saving it`,
    project: (name: string) => `the project “${name}”`,
    someProject: "a project",
    serviceToken: (name: string) => `the service token “${name}”`,
    someServiceToken: "a service token",
  },
  failed: (base: string) => `tried to ${base}, and it failed`,
  refused: (base: string) => `tried to ${base}, and was refused`,
  did: (action: string) => `did ${action}`,
  outcomes: { SUCCEEDED: "Done", FAILED: "Failed", REFUSED: "Refused" },
  nowhere: "–",
  emptyTitle: "Nothing happened yet",
  empty: "Signing in, saving, testing, revealing: each of them stands here from now on.",
  noneFoundTitle: "Nothing fits",
  noneFound: "Nothing of this kind happened in this time.",
  clear: "Show everything",
  onlyBy: (name: string | null) => (name === null ? "Only by one" : `Only by ${name}`),
  onlyOf: (name: string | null) => (name === null ? "Only one thing" : `Only ${name}`),
  notOnly: "Show that of others too",
  chain: {
    title: "Audit trail",
    description: "Every event is sealed together with the one before it: what is changed, removed or added later shows.",
    verify: "Verify now",
    recorded: "Recorded",
    inChains: (events: number, chains: number) => `${count(events, "event", "events")} in ${count(chains, "chain", "chains")}`,
    unsigned: (number: number) => `${count(number, "event is", "events are")} newer than the last signed head`,
    signed: "All events are under a signed head",
    lastSigned: "Last signed",
    heads: "Signed heads",
    running: (done: number, all: number) => `${done.toLocaleString("en")} of ${count(all, "event", "events")} checked`,
    progress: "Verification of the audit trail",
    whole: (number: number) => `The trail is whole: ${count(number, "event", "events")} checked.`,
    broken: (number: number) => `The trail is not whole: ${count(number, "fault", "faults")}.`,
    brokenHelp: "Somebody or something changed what was recorded. Keep the store as it is, and compare it with a backup.",
    verified: "Verified",
    never: "Not verified since this gateway started.",
    faults: "Faults",
    fault: { kind: "Kind", chain: "Chain", place: "Place" },
  },
} as const;
