import { setTimeout as sleep } from "node:timers/promises";
import { systemActor } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Envelope, RemoteKeys } from "../keys/envelope.ts";
import type { KeyCheckStore } from "../keys/key-check.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { KeyRingError } from "../keys/ring-content.ts";
import { createKeyRotation, type KeyRotation, type RewrapReport } from "../keys/rotation.ts";
import type { SealedSource } from "../keys/sealed-source.ts";

export type KeysCommandDependencies = {
  readonly ring: KeyRing;
  readonly remoteKeys: RemoteKeys | null;
  readonly envelope: Envelope;
  readonly checks: KeyCheckStore;
  readonly sources: readonly SealedSource[];
  readonly audit: AuditLog;
  /** Makes the next key that signs access tokens, and gives its id. */
  readonly rotateSigningKey: () => Promise<string>;
  /** Wipes replaced wrappings from the disk. */
  readonly shred: () => Promise<unknown>;
  /** Takes one line, without its end. */
  readonly print: (line: string) => void;
  /** Waits; tests wait shorter. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
};

const USAGE = `Usage: npm run keys -- <command>
  list            the key ring's keys and how many records each wraps
  rotate          make a new primary key and wrap every data key with it
  rewrap          wrap every data key with the primary key: finishes a rotation that was killed
  remove <id>     take a key that wraps nothing any more out of the ring
  rotate-signing  make a new key that signs access tokens; tokens of the one before serve to their end`;

/**
 * Runs `npm run keys` on an open store, beside running gateways. Resolves with the exit code: 0 done, 1 refused or
 * with records left that could not be read, 2 not understood.
 */
export async function runKeysCommand(args: readonly string[], dependencies: KeysCommandDependencies): Promise<0 | 1 | 2> {
  const { print } = dependencies;
  const rotation = createKeyRotation({
    sleep,
    ...dependencies,
    remote: dependencies.remoteKeys,
    onProgress: print,
  });
  const run = findCommand(args, rotation, dependencies);
  if (run === null) {
    print(USAGE);
    return 2;
  }
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error;
    print(error.message);
    return 1;
  }
}

type Run = () => Promise<0 | 1>;

function findCommand(args: readonly string[], rotation: KeyRotation, dependencies: KeysCommandDependencies): Run | null {
  const [command, keyId, ...more] = args;
  if (command === "remove" && keyId !== undefined && more.length === 0) return () => remove(keyId, rotation, dependencies);
  if (keyId !== undefined) return null;
  if (command === "list") return () => list(rotation, dependencies);
  if (command === "rotate") return () => rotate(rotation, dependencies);
  if (command === "rewrap") return async () => report(await rotation.rewrap(), dependencies);
  if (command === "rotate-signing") return () => rotateSigning(dependencies);
  return null;
}

async function list(rotation: KeyRotation, { print }: KeysCommandDependencies): Promise<0> {
  for (const { keyId, isPrimary, count } of await rotation.list()) {
    print(`${keyId}  ${isPrimary ? "primary" : "old    "}  wraps ${count}`);
  }
  return 0;
}

async function rotate(rotation: KeyRotation, dependencies: KeysCommandDependencies): Promise<0 | 1> {
  const before = await dependencies.envelope.primaryKeyId();
  await recordChange(dependencies, "KEY_RING_ROTATION_STARTED");
  await recordChange(dependencies, "KEY_RING_ROTATED", await rotation.begin());
  const code = report(await rotation.rewrap(), dependencies);
  if (code === 0) dependencies.print(`${before} can be removed once no backup needs it: npm run keys -- remove ${before}`);
  return code;
}

async function remove(keyId: string, rotation: KeyRotation, dependencies: KeysCommandDependencies): Promise<0> {
  await rotation.remove(keyId);
  await dependencies.shred();
  await recordChange(dependencies, "KEY_RING_KEY_REMOVED", keyId);
  dependencies.print(`${keyId} is removed`);
  return 0;
}

async function rotateSigning({ rotateSigningKey, print }: KeysCommandDependencies): Promise<0> {
  print(`${await rotateSigningKey()} signs access tokens from now on`);
  return 0;
}

function report({ rewrapped, unreadable }: RewrapReport, { print }: KeysCommandDependencies): 0 | 1 {
  print(`${rewrapped} re-wrapped, ${unreadable} unreadable`);
  return unreadable === 0 ? 0 : 1;
}

function recordChange(
  { audit }: KeysCommandDependencies,
  action: "KEY_RING_ROTATION_STARTED" | "KEY_RING_ROTATED" | "KEY_RING_KEY_REMOVED",
  keyId?: string,
): Promise<void> {
  const about = keyId === undefined ? {} : { target: { type: "KeyEncryptionKey", id: keyId } };
  return audit.record({ actor: systemActor("keys-command"), action, ...about });
}
