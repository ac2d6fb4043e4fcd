import { type Envelope, primaryWrapper, type RemoteKeys } from "./envelope.ts";
import { type KeyCheckStore, verifyKeyRing } from "./key-check.ts";
import { type KeyRing, RING_REREAD_MS } from "./key-ring.ts";
import { KeyRingError } from "./ring-content.ts";
import type { KeyReplacement, SealedRecord, SealedSource } from "./sealed-source.ts";

/** What a re-wrapping did. An unreadable record cannot be re-wrapped and keeps what it has. */
export type RewrapReport = { readonly rewrapped: number; readonly unreadable: number };

/** One key of the ring and how many records it wraps. */
export type KeyUse = {
  readonly keyId: string;
  readonly isPrimary: boolean;
  readonly count: number;
  readonly createdAt: Date | null;
};

export type RotationDependencies = {
  readonly ring: KeyRing;
  /** Keys that are held elsewhere, if any. */
  readonly remote?: RemoteKeys | null;
  readonly envelope: Envelope;
  readonly sources: readonly SealedSource[];
  readonly checks: KeyCheckStore;
  /** Told what is happening, a line at a time. */
  readonly onProgress: (line: string) => void;
  readonly sleep: (milliseconds: number) => Promise<void>;
};

export type KeyRotation = {
  list(): Promise<readonly KeyUse[]>;
  /** Makes a new primary key, and resolves with its id once running gateways wrap with it. Then comes `rewrap`. */
  begin(): Promise<string>;
  /**
   * Wraps every data key with the primary key; run again, it finishes what was killed. Gateways may read and write
   * meanwhile; ciphertexts are not touched.
   */
  rewrap(): Promise<RewrapReport>;
  /**
   * Takes an old key out of the ring. What `record` throws, once nothing speaks against it and before anything is changed, keeps
   * the key; killed after that, it can be run again, until the ring holds no such key.
   * @throws {KeyRingError} while any record is still wrapped by it.
   */
  remove(keyId: string, record: () => Promise<void>): Promise<void>;
};

/** Few enough that a batch holds SQLite's one write lock only for some hundredths of a second. */
const BATCH_SIZE = 50;

/** Running gateways look at the ring's file within `RING_REREAD_MS`; the rest is for a process that was slow to. */
const FOLLOWERS_MS = RING_REREAD_MS + 500;

/**
 * A write that sealed under the old key just before a rotation may still be in its transaction, which can last 20
 * seconds in all. To remove the key before it commits would lose its record.
 */
const STRAGGLERS_MS = 20_000;

/** Rotates the key-encryption keys of a ring that other processes are using. */
export function createKeyRotation(dependencies: RotationDependencies): KeyRotation {
  const { ring, remote = null, envelope, sources, checks, onProgress, sleep } = dependencies;

  const countUnder = async (keyId: string) => {
    const counts = await Promise.all(
      sources.map(async (source) => ({ name: source.name, count: await source.countUnder(keyId) })),
    );
    return counts.filter(({ count }) => count > 0);
  };

  const requireUnused = async (keyId: string) => {
    const uses = await countUnder(keyId);
    if (uses.length === 0) return;
    const found = uses.map(({ name, count }) => `${count} ${name}`).join(", ");
    throw new KeyRingError(`${keyId} still wraps ${found}: run rewrap, and delete what it calls unreadable`);
  };

  const rewrap = async () => {
    const reports: RewrapReport[] = [];
    for (const source of sources) reports.push(await rewrapSource(source, dependencies));
    return {
      rewrapped: reports.reduce((sum, report) => sum + report.rewrapped, 0),
      unreadable: reports.reduce((sum, report) => sum + report.unreadable, 0),
    };
  };

  return {
    list: async () => {
      const primaryId = await envelope.primaryKeyId();
      const checked = await checks.list();
      const ids = new Set([...ring.ids(), ...checked.map(({ keyId }) => keyId), primaryId]);
      const uses = [...ids].map(async (keyId) => {
        const count = (await countUnder(keyId)).reduce((sum, used) => sum + used.count, 0);
        const createdAt = checked.find((check) => check.keyId === keyId)?.createdAt ?? null;
        return { keyId, isPrimary: keyId === primaryId, count, createdAt };
      });
      return Promise.all(uses);
    },
    begin: async () => {
      const keyId = await primaryWrapper(ring, remote).addPrimary();
      await verifyKeyRing(ring, checks, remote);
      onProgress(`${keyId} is the primary key`);
      // Whoever wraps by a key elsewhere has its newest version at once.
      if (!remote?.isPrimary) await sleep(FOLLOWERS_MS);
      return keyId;
    },
    rewrap,
    remove: async (keyId, record) => {
      const known = new Set([...ring.ids(), ...(await checks.list()).map((check) => check.keyId)]);
      if ((await envelope.primaryKeyId()) === keyId) throw new KeyRingError(`${keyId} is the primary key; rotate first`);
      if (!known.has(keyId)) throw new KeyRingError(`The key ring holds no key ${keyId}`);
      await requireUnused(keyId);
      const wait = STRAGGLERS_MS - (Date.now() - (ring.changedAt()?.getTime() ?? 0));
      if (wait > 0) {
        onProgress(`waiting ${Math.ceil(wait / 1000)} s for writes that began before the last change of the ring`);
        await sleep(Math.min(wait, STRAGGLERS_MS));
        await requireUnused(keyId);
      }
      await record();
      // A check without its key would keep the gateway from starting: it goes first, lest we are killed in between, and
      // again after, in case a gateway that started in between has put it back.
      await checks.remove(keyId);
      if (ring.ids().includes(keyId)) removeFromRing(ring, keyId);
      await checks.remove(keyId);
    },
  };
}

/** The last key of a ring goes with its file: keys elsewhere wrap by now. */
function removeFromRing(ring: KeyRing, keyId: string): void {
  if (ring.ids().length > 1) ring.remove(keyId);
  else ring.retire();
}

/** Passes over the source until one changes nothing: writers may add under the old key during the first. */
async function rewrapSource(source: SealedSource, dependencies: RotationDependencies): Promise<RewrapReport> {
  let rewrapped = 0;
  for (;;) {
    const pass = await rewrapPass(source, dependencies, rewrapped);
    rewrapped += pass.rewrapped;
    if (pass.rewrapped === 0) return { rewrapped, unreadable: pass.unreadable };
  }
}

async function rewrapPass(
  source: SealedSource,
  { envelope, onProgress }: RotationDependencies,
  before: number,
): Promise<RewrapReport> {
  let [rewrapped, unreadable] = [0, 0];
  let afterId: string | null = null;
  const primaryKeyId = await envelope.primaryKeyId();
  for (;;) {
    const batch: readonly SealedRecord[] = await source.nextBatch(primaryKeyId, afterId, BATCH_SIZE);
    const last = batch.at(-1);
    if (last === undefined) return { rewrapped, unreadable };
    const replacements = await rewrapBatch(batch, envelope);
    unreadable += batch.length - replacements.length;
    rewrapped += await source.replaceKeys(replacements);
    onProgress(`${source.name}: ${before + rewrapped} re-wrapped, ${unreadable} unreadable`);
    afterId = last.id;
  }
}

/** Without the records that cannot be read: they are damaged, or their key is lost, and that must not stop the others. */
async function rewrapBatch(batch: readonly SealedRecord[], envelope: Envelope): Promise<readonly KeyReplacement[]> {
  const before = batch.map(({ keyId, wrappedKey }) => ({ keyId, wrappedKey }));
  const after = await envelope.rewrapMany(
    batch.map(({ context, keyId, wrappedKey }) => ({ context, wrapped: { keyId, wrappedKey } })),
  );
  return batch.flatMap(({ id }, index) => {
    const [old, fresh] = [before[index], after[index]];
    return old === undefined || fresh == null ? [] : [{ id, before: old, after: fresh }];
  });
}
