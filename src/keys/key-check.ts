import { GatewayError, isUnavailable } from "../errors.ts";
import type { RemoteKeys } from "./envelope.ts";
import { type KeyRing, openKeyRing, type RingLocation, type RingOptions } from "./key-ring.ts";
import { KeyRingError } from "./ring-content.ts";
import { openBlob, type SealingKey, sealBlob } from "./sealed-blob.ts";

/** A value that only the right key opens, stored under the key's id. */
export type StoredKeyCheck = { readonly keyId: string; readonly check: Uint8Array<ArrayBuffer>; readonly createdAt?: Date };

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

/** What `verifyKeyRing` asks of keys elsewhere. */
export type RemoteKeyCheck = Pick<RemoteKeys, "wrapper" | "isPrimary">;

const REMOTE_CONTEXT = ["key-check"];
const REMOTE_PROBE = Buffer.from("postern key check");

/** A Transit key's id has a slash, a ring's never. */
const REMOTE_ID = /\//;

async function createRemoteCheck({ wrapper }: RemoteKeyCheck): Promise<StoredKeyCheck> {
  const [wrapped] = await reachRemote(() => wrapper.wrap([{ context: REMOTE_CONTEXT, key: REMOTE_PROBE }]));
  if (wrapped === undefined) throw new KeyRingError("The Transit key wraps nothing");
  return { keyId: wrapped.keyId, check: wrapped.wrappedKey };
}

async function verifyRemoteCheck(remote: RemoteKeyCheck | null, { keyId, check }: StoredKeyCheck): Promise<void> {
  if (!remote?.wrapper.holds(keyId)) {
    throw new KeyRingError(
      `The store was sealed with the Transit key ${keyId}: set TRANSIT_URL, TRANSIT_MOUNT and TRANSIT_KEY to it`,
    );
  }
  const items = [{ context: REMOTE_CONTEXT, wrapped: { keyId, wrappedKey: check } }];
  const [opened] = await reachRemote(() => remote.wrapper.unwrap(items));
  if (!Buffer.isBuffer(opened) || !opened.equals(REMOTE_PROBE)) {
    throw new KeyRingError(
      `Transit does not open what the store was sealed with under ${keyId}: another key, or a version that is gone`,
    );
  }
}

/** @throws {KeyRingError} instead of what the server's being away throws: a start is refused by it, in words */
async function reachRemote<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    const reason = error instanceof GatewayError && error.cause instanceof Error ? error.cause.message : "unknown";
    throw new KeyRingError(`The Transit key cannot be used: ${reason}`, { cause: error });
  }
}

/** Proves that the ring, and the keys elsewhere, hold every key that has a check. @throws {KeyRingError} */
export async function verifyKeyChecks(
  ring: KeyRing,
  checks: readonly StoredKeyCheck[],
  remote: RemoteKeyCheck | null,
): Promise<void> {
  for (const check of checks) {
    if (REMOTE_ID.test(check.keyId)) await verifyRemoteCheck(remote, check);
    else verifyKeyCheck(ring, check);
  }
}

/** The ring as it is, none made; an empty one when there is none. What it must hold is proven against the backup. */
export function openRingForRestore(location: RingLocation): KeyRing {
  return openKeyRing(location, { mayCreate: false, mayLack: true });
}

/**
 * Proves that the ring, and the keys elsewhere, are those the store was sealed with, then stores a check for each key that
 * has none yet. Two first starts with different rings cannot both pass: the second one's addition is refused, and it looks again.
 * @throws {KeyRingError} when the keys do not fit the store, or Transit cannot be asked.
 */
export async function verifyKeyRing(ring: KeyRing, store: KeyCheckStore, remote: RemoteKeyCheck | null = null): Promise<void> {
  for (;;) {
    const checks = await store.list();
    await verifyKeyChecks(ring, checks, remote);
    const checked = checks.map(({ keyId }) => keyId);
    const addition = await findUnchecked(ring, checked, remote);
    if (addition === null) return;
    await store.addIf(checked, addition);
  }
}

/** Proves that the ring still fits the store, without asking anybody elsewhere: their being away stops no cached key. */
export async function verifyHeldKeys(ring: KeyRing, store: KeyCheckStore): Promise<void> {
  for (const check of await store.list()) {
    if (!REMOTE_ID.test(check.keyId)) verifyKeyCheck(ring, check);
  }
}

/** The check of a key that has none yet, or null. */
async function findUnchecked(
  ring: KeyRing,
  checked: readonly string[],
  remote: RemoteKeyCheck | null,
): Promise<StoredKeyCheck | null> {
  const unchecked = ring.ids().find((id) => !checked.includes(id));
  if (unchecked !== undefined) return createKeyCheck(ring, unchecked);
  if (!remote?.isPrimary) return null;
  const check = await createRemoteCheck(remote);
  return checked.includes(check.keyId) ? null : check;
}

export type StartOptions = Omit<RingOptions, "mayCreate" | "mayLack"> & {
  readonly remote?: RemoteKeyCheck | null;
  /** Opens something that the store has sealed, for when its checks are gone; null when nothing is sealed yet. */
  readonly prove?: ((ring: KeyRing) => Promise<unknown>) | null;
};

/** @throws {KeyRingError} naming who does not open what the store has sealed: the ring, Transit, or either of them */
async function proveWithoutChecks(prove: () => Promise<unknown>, remote: RemoteKeyCheck | null): Promise<void> {
  try {
    await prove();
  } catch (cause) {
    if (isUnavailable(cause)) await reachRemote(() => Promise.reject(cause));
    const holders = remote === null ? "The key ring does not open" : "Neither the key ring nor Transit opens";
    throw new KeyRingError(`${holders} what the store has sealed, and the store's key checks are gone`, { cause });
  }
}

/**
 * The ring that a process starts with: made when neither it nor anything sealed exists and the ring is what wraps, verified
 * in any case.
 * @throws {KeyRingError} when it is missing, unsound, or not the one that the store was sealed with.
 */
export async function startKeyRing(
  location: RingLocation,
  store: KeyCheckStore,
  { remote = null, prove = null, ...options }: StartOptions = {},
): Promise<KeyRing> {
  const checks = await store.list();
  const lostProof = checks.length === 0 ? prove : null;
  const isRemoteOnly = checks.every(({ keyId }) => REMOTE_ID.test(keyId));
  // Before a ring is made beside keys elsewhere: over records that nothing opens, there must be no new key.
  if (isRemoteOnly) for (const check of checks) await verifyRemoteCheck(remote, check);
  const mayCreate = isRemoteOnly && !remote?.isPrimary && lostProof === null;
  const mayLack = isRemoteOnly && remote?.isPrimary === true;
  const ring = openKeyRing(location, { ...options, mayCreate, mayLack });
  // A check of a wrong ring would keep the right one out.
  if (lostProof !== null) await proveWithoutChecks(() => lostProof(ring), remote);
  await verifyKeyRing(ring, store, remote);
  return ring;
}
