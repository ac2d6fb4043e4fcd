import type { ActivityQuery, NamesOfQuery } from "../../gql/graphql.ts";
import { type EventFacts, PHRASES } from "../../texts/activity.ts";
import { texts } from "../../texts/texts.ts";

export type Event = ActivityQuery["auditEvents"]["nodes"][number];
export type Named = NamesOfQuery["nodes"][number];
export type Names = ReadonlyMap<string, Named>;

const { who, targets, failed, refused, did, serviceToken } = texts.activity;

/** Ids in an event that may have a name. */
export function idsOf({ actorId, targetId, details }: Event): readonly string[] {
  const credentialId = details.find(({ name }) => name === "credentialId")?.value;
  return [actorId, targetId, credentialId].filter((id) => id != null).filter(mayHaveName);
}

/** Whether an id is of a kind that has names. */
export function mayHaveName(id: string): boolean {
  return /^(user|credential|project|token)_/.test(id);
}

/** An event as a sentence, for the user who reads it. */
export function sentenceOf(event: Event, names: Names, viewerId: string): string {
  const facts = factsOf(event, names, viewerId);
  const subject = subjectOf(event, names, viewerId);
  const phrase = PHRASES[event.action]?.(facts) ?? { did: did(event.action), base: event.action };
  const isDone = event.outcome === "SUCCEEDED";
  if ("whole" in phrase) return `${isDone ? phrase.whole : (phrase.failed ?? phrase.whole)}.`;
  if (isDone) return `${subject} ${phrase.did}.`;
  if (event.outcome === "REFUSED") return `${subject} ${refused(phrase.base)}.`;
  return `${subject} ${phrase.failed ?? failed(phrase.base)}.`;
}

function subjectOf({ actorType, actorId }: Event, names: Names, viewerId: string): string {
  if (actorType === "SYSTEM") return who.system;
  if (actorType === "ANONYMOUS") return who.anonymous;
  if (actorId === viewerId) return who.you;
  const named = actorId == null ? undefined : names.get(actorId);
  if (named?.__typename === "User") return named.username;
  if (named?.__typename === "ServiceToken") return serviceToken(named.name);
  return actorType === "SERVICE" ? who.service : who.unknown;
}

/** What a person, a machine or a thing is called; null when it is gone or not the reader's. */
export function nameOf(named: Named | undefined): string | null {
  switch (named?.__typename) {
    case "User":
      return named.username;
    case "Credential":
      return targets.credential(named.connector.name, named.label);
    case "Project":
    case "ServiceToken":
      return named.name;
  }
  return null;
}

function factsOf(event: Event, names: Names, viewerId: string): EventFacts {
  const details = new Map(event.details.map(({ name, value }) => [name, value]));
  const detail = (name: string) => {
    const value = details.get(name);
    return value === undefined || value === "null" ? null : value;
  };
  return { target: targetOf(event, detail, names, viewerId), detail, number: (name) => Number(detail(name) ?? 0) };
}

function targetOf({ targetId, targetType, action }: Event, detail: EventFacts["detail"], names: Names, viewerId: string): string {
  const id = targetType === "SyncRun" ? detail("credentialId") : targetId;
  const named = id == null ? undefined : names.get(id);
  if (id === viewerId) return targets.yourAccount;
  switch (named?.__typename) {
    case "User":
      return targets.accountOf(named.username);
    case "Credential":
      return targets.credential(named.connector.name, named.label);
    case "Project":
      return targets.project(named.name);
    case "ServiceToken":
      return targets.serviceToken(named.name);
  }
  return goneTargetOf(targetType ?? null, action, detail);
}

/** What the event itself tells of a target that is no more, or that the reader may not see. */
function goneTargetOf(type: string | null, action: string, detail: EventFacts["detail"]): string {
  const connector = detail("connector");
  const label = detail("label");
  if (type === "Credential" && connector !== null && label !== null) return targets.credential(connector, label);
  if (type === null && action === "CREDENTIAL_TESTED" && connector !== null) return targets.triedCredential(connector);
  if (type === "Project") return detail("slug") === null ? targets.someProject : targets.project(detail("slug") ?? "");
  if (type === "ServiceToken")
    return detail("name") === null ? targets.someServiceToken : targets.serviceToken(detail("name") ?? "");
  if (type === "User") return targets.someAccount;
  if (type !== "Credential" && type !== "SyncRun" && !action.startsWith("CREDENTIAL_")) return "";
  return connector === null ? targets.someCredential : targets.credentialFor(connector);
}
