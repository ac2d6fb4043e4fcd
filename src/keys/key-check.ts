import { type KeyRing, openKeyRing, type RingLocation, type RingOptions } from "./key-ring.ts";
import { KeyRingError } from "./ring-content.ts";
import { openBlob, type SealingKey, sealBlob } from "./sealed-blob.ts";

/** A value that only the right key opens, stored under the key's id. */
export type StoredKeyCheck = { readonly keyId: string; readonly check: Uint8Array<ArrayBuffer> };

/** Where key checks are kept: beside what is sealed, so that they tell whether a ring fits the store. */
export type KeyCheckStore = {
  list(): Promise<readonly StoredKeyCheck[]>;
  /** Adds the check only while exactly the keys `expected` have one, in one step; false when others came or went. */
  addIf(expected: readonly string[], addition: StoredKeyCheck): Promise<boolean>;
  remove(keyId: string): Promise<void>;
};

const CONTEXT = ["key-check"];

function requireKey(ring: KeyRing, keyId: string): SealingKey {
  const key = ring.find(keyId);
  if (key === null) throw new KeyRingError(`The store was sealed with the key ${keyId}, which the key ring does not hold`);
  return key;
}

/** The check of one of the ring's keys. @throws {KeyRingError} when the ring does not hold it. */
export function createKeyCheck(ring: KeyRing, keyId: string): StoredKeyCheck {
  return { keyId, check: sealBlob(requireKey(ring, keyId), CONTEXT, new Uint8Array()) };
}

/** @throws {KeyRingError} when the ring lacks the key, or has another one under its id. */
export function verifyKeyCheck(ring: KeyRing, { keyId, check }: StoredKeyCheck): void {
  const key = requireKey(ring, keyId);
  try {
    openBlob(key, CONTEXT, check);
  } catch {
    throw new KeyRingError(`The key ring holds a wrong key under ${keyId}: not the one that the store was sealed with`);
  }
}

/**
 * Proves that the ring holds every key the store was sealed with, then stores a check for each key that has none yet.
 * Two first starts with different rings cannot both pass: the second one's addition is refused, and it looks again.
 * @throws {KeyRingError} when the ring does not fit the store.
 */
export async function verifyKeyRing(ring: KeyRing, store: KeyCheckStore): Promise<void> {
  for (;;) {
    const checks = await store.list();
    for (const check of checks) verifyKeyCheck(ring, check);
    const checked = checks.map(({ keyId }) => keyId);
    const unchecked = ring.ids().find((id) => !checked.includes(id));
    if (unchecked === undefined) return;
    await store.addIf(checked, createKeyCheck(ring, unchecked));
  }
}

/**
 * The ring that a process starts with: made when neither it nor any check exists, verified in any case.
 * @throws {KeyRingError} when it is missing, unsound, or not the one that the store was sealed with.
 */
export async function startKeyRing(
  location: RingLocation,
  store: KeyCheckStore,
  options: Omit<RingOptions, "mayCreate"> = {},
): Promise<KeyRing> {
  const mayCreate = (await store.list()).length === 0;
  const ring = openKeyRing(location, { ...options, mayCreate });
  await verifyKeyRing(ring, store);
  return ring;
}
