import type { CredentialModel } from "../database/generated/sqlite/models.ts";
import { createEntryCache } from "../entry-cache.ts";
import type { ReadableVersion } from "./credential-descriptions.ts";

/** How long a version counts as whole without being opened: a key may be taken from the ring, or from whoever holds it. */
const TRUSTED_MS = 60_000;
const MOST_VERSIONS = 5_000;

/** What a version is sealed for. */
export type Place = Pick<CredentialModel, "id" | "ownerKey" | "connectorId" | "project" | "label">;

type Known = {
  readonly place: Place;
  readonly print: string;
  readonly readable: ReadableVersion;
  readonly openedAt: number;
};

/** Versions that were opened lately and found whole; times in milliseconds. It knows no secret: what is sealed, and what may be shown of it. */
export type WholeVersions = {
  /** What may be shown of a version of which every byte, and its place, is as it was when it was opened; else null. */
  find(place: Place, print: string, now: number): ReadableVersion | null;
  note(place: Place, print: string, readable: ReadableVersion, now: number): void;
};

/** A list shows of every credential whether it can be read; opening each again for every list is most of a list's work. */
export function createWholeVersions(): WholeVersions {
  const versions = createEntryCache<string, Known>(MOST_VERSIONS);
  return {
    find: (place, print, now) => {
      const known = versions.get(place.id);
      if (known === undefined || known.print !== print || !isSamePlace(known.place, place)) return null;
      const age = now - known.openedAt;
      return age >= 0 && age < TRUSTED_MS ? known.readable : null;
    },
    note: ({ id, ownerKey, connectorId, project, label }, print, readable, now) => {
      const place = { id, ownerKey, connectorId, project, label };
      versions.set(id, { place, print, readable, openedAt: now });
    },
  };
}

function isSamePlace(left: Place, right: Place): boolean {
  return (
    left.ownerKey === right.ownerKey &&
    left.connectorId === right.connectorId &&
    left.project === right.project &&
    left.label === right.label
  );
}
