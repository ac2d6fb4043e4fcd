import type { CredentialModel, CredentialVersionModel } from "../database/generated/sqlite/models.ts";
import { createEntryCache } from "../entry-cache.ts";
import type { Clock } from "../identifiers.ts";
import type { ReadableVersion } from "./credential-values.ts";

/** How long a version counts as whole without being opened: a key may be taken from the ring, or from whoever holds it. */
const TRUSTED_MS = 60_000;
const MOST_VERSIONS = 5_000;

type Place = Pick<CredentialModel, "ownerKey" | "connectorId" | "project" | "label">;
type Known = {
  readonly place: Place;
  readonly version: CredentialVersionModel;
  readonly readable: ReadableVersion;
  readonly openedAt: number;
};

/** Versions that were opened lately and found whole. It knows no secret: what is sealed, and what may be shown of it. */
export type WholeVersions = {
  /** What may be shown of a version of which every byte, and its place, is as it was when it was opened; else null. */
  find(place: Place, version: CredentialVersionModel): ReadableVersion | null;
  note(place: Place, version: CredentialVersionModel, readable: ReadableVersion): void;
};

/** A list shows of every credential whether it can be read; opening each again for every list is most of a list's work. */
export function createWholeVersions(clock: Clock): WholeVersions {
  const versions = createEntryCache<string, Known>(MOST_VERSIONS);
  return {
    find: (place, version) => {
      const known = versions.get(version.id);
      if (known === undefined || !isSamePlace(known.place, place) || !isSameVersion(known.version, version)) return null;
      const age = clock.now().getTime() - known.openedAt;
      return age >= 0 && age < TRUSTED_MS ? known.readable : null;
    },
    note: ({ ownerKey, connectorId, project, label }, version, readable) => {
      const place = { ownerKey, connectorId, project, label };
      versions.set(version.id, { place, version, readable, openedAt: clock.now().getTime() });
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

function isSameVersion(left: CredentialVersionModel, right: CredentialVersionModel): boolean {
  return (
    left.credentialId === right.credentialId &&
    left.version === right.version &&
    left.publicFields === right.publicFields &&
    left.secretNames === right.secretNames &&
    left.keyId === right.keyId &&
    Buffer.compare(left.wrappedKey, right.wrappedKey) === 0 &&
    Buffer.compare(left.ciphertext, right.ciphertext) === 0
  );
}
