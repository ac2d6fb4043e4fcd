import { createKeyEncryptionKey, KeyRingError, parseRing, type RingContent, serializeRing } from "./ring-content.ts";
import { createRingFile, type FileStamp, readRingFile, replaceRingFile, retireRingFile, stampRingFile } from "./ring-file.ts";
import type { SealingKey } from "./sealed-blob.ts";

/**
 * The key-encryption keys. Whoever uses a ring over a file sees what another process changed in it at the latest
 * `RING_REREAD_MS` after, without a restart.
 */
export type KeyRing = {
  /** The key that new data keys are wrapped with. */
  primary(): SealingKey;
  /** The key with this very id, or null; the file is asked again before the answer is null. */
  find(id: string): SealingKey | null;
  /** All ids, oldest first. */
  ids(): readonly string[];
  /** When the ring last changed; null when it cannot change. */
  changedAt(): Date | null;
  /** Makes a new key the primary one and gives its id; the others stay. @throws {KeyRingError} when the ring is no file. */
  addPrimary(): string;
  /** Takes a key away for good. @throws {KeyRingError} for the primary key, an unknown one, or a ring that is no file. */
  remove(id: string): void;
  /** Deletes the file with the last key, once another holder of keys wraps. @throws {KeyRingError} when there are more keys */
  retire(): void;
};

/** How stale a ring may be before it looks at its file again, in milliseconds. */
export const RING_REREAD_MS = 1_000;

export type RingLocation = {
  readonly file: string;
  /** The ring itself as JSON, from the environment; the file is then not looked at. */
  readonly json?: string | undefined;
};

export type RingOptions = {
  /** True only when nothing is sealed yet: a new key over sealed records would hide that theirs is lost. */
  readonly mayCreate: boolean;
  /** True where another holder of keys wraps: a ring that is not there is then an empty one. */
  readonly mayLack?: boolean;
  /** Told of a file that became unusable while in use; the keys known until then stay in use. */
  readonly onReadFailure?: (error: unknown) => void;
  /** Milliseconds that only go forward. */
  readonly elapsed?: () => number;
};

/** Opens the ring, and makes it when there is none and `mayCreate`. @throws {KeyRingError} when it is not sound. */
export function openKeyRing({ file, json }: RingLocation, options: RingOptions): KeyRing {
  if (json !== undefined) {
    // Which of the two is meant cannot be told, and the wrong one would be noticed late.
    if (stampRingFile(file) !== null) throw new KeyRingError(`There is a ring in KEY_RING and one in ${file}: take one away`);
    return createFixedRing(parseRing(json, "KEY_RING"));
  }
  const existing = readRingFile(file);
  if (existing === null && options.mayLack) return createFixedRing({ primary: "", keys: new Map() });
  const found = existing ?? createFirst(file, options.mayCreate);
  return createFollowingRing(file, found, options);
}

function createFirst(file: string, mayCreate: boolean) {
  if (!mayCreate) throw new KeyRingError(`${file}: is missing, but the store holds what was sealed with it; bring it back`);
  const { id, key } = createKeyEncryptionKey();
  createRingFile(file, { primary: id, keys: new Map([[id, key]]) });
  const found = readRingFile(file);
  if (found === null) throw new KeyRingError(`${file}: vanished while it was made`);
  return found;
}

function pick({ keys }: RingContent, id: string): SealingKey | null {
  const key = keys.get(id);
  return key === undefined ? null : { id, key };
}

function requirePrimary(content: RingContent): SealingKey {
  const primary = pick(content, content.primary);
  if (primary === null) throw new KeyRingError("The key ring has no primary key");
  return primary;
}

function createFixedRing(content: RingContent): KeyRing {
  const refuse = () => {
    throw new KeyRingError("The key ring comes from KEY_RING: change it there and start again");
  };
  return {
    primary: () => requirePrimary(content),
    find: (id) => pick(content, id),
    ids: () => [...content.keys.keys()],
    changedAt: () => null,
    addPrimary: refuse,
    remove: refuse,
    retire: refuse,
  };
}

type ReadRing = { readonly content: RingContent; readonly stamp: FileStamp; readonly changedAt: Date };

function createFollowingRing(
  file: string,
  found: ReadRing,
  { onReadFailure, elapsed = () => performance.now() }: RingOptions,
): KeyRing {
  let current = found;
  let lookedAt = elapsed();

  const look = () => {
    lookedAt = elapsed();
    try {
      if (stampRingFile(file) !== current.stamp) current = readRingFile(file) ?? current;
    } catch (error) {
      onReadFailure?.(error);
    }
    return current.content;
  };
  const recent = () => (elapsed() - lookedAt >= RING_REREAD_MS ? look() : current.content);

  return {
    primary: () => requirePrimary(recent()),
    find: (id) => pick(recent(), id) ?? pick(look(), id),
    ids: () => [...look().keys.keys()],
    changedAt: () => {
      look();
      return current.changedAt;
    },
    addPrimary: () => {
      const { id, key } = createKeyEncryptionKey();
      replaceRingFile(file, ({ keys }) => ({ primary: id, keys: new Map([...keys, [id, key]]) }));
      look();
      return id;
    },
    remove: (id) => {
      replaceRingFile(file, ({ primary, keys }) => {
        if (!keys.has(id)) throw new KeyRingError(`The key ring holds no key ${id}`);
        if (id === primary) throw new KeyRingError(`${id} is the primary key; rotate first`);
        return { primary, keys: new Map([...keys].filter(([other]) => other !== id)) };
      });
      look();
    },
    retire: () => {
      retireRingFile(file, ({ keys }) => {
        if (keys.size > 1) throw new KeyRingError("The key ring holds more than one key; remove the others first");
      });
      current = { ...current, content: { primary: "", keys: new Map() }, stamp: "" };
    },
  };
}

/** A ring of one new key that stands in no file, and its text: what a portable backup's credentials are sealed under. */
export function createPassingRing(): { readonly ring: KeyRing; readonly text: string } {
  const { id, key } = createKeyEncryptionKey();
  const content = { primary: id, keys: new Map([[id, key]]) };
  return { ring: createFixedRing(content), text: serializeRing(content) };
}

/** The ring of such a text. @throws {KeyRingError} */
export function openPassingRing(text: string): KeyRing {
  return createFixedRing(parseRing(text, "the backup"));
}

/** A ring that wraps with the first one's primary key, and opens with the keys of both. */
export function joinRings(first: KeyRing, second: KeyRing): KeyRing {
  return { ...first, find: (id) => first.find(id) ?? second.find(id) };
}
