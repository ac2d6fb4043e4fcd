import { setTimeout } from "node:timers/promises";
import { systemActor } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Envelope, RemoteKeys } from "../keys/envelope.ts";
import type { KeyCheckStore } from "../keys/key-check.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { KeyRingError } from "../keys/ring-content.ts";
import { createKeyRotation, type KeyRotation, type RewrapReport } from "../keys/rotation.ts";
import type { SealedSource } from "../keys/sealed-source.ts";
import { type ExitCode, USAGE_ERROR } from "./usage-error.ts";

/** What the command works on, of an open store. */
export type KeysStore = {
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
};

export type KeysCommandDependencies = {
  /** Opens the store; a command that is not understood leaves it alone. */
  readonly open: () => Promise<KeysStore>;
  /** Takes one line, without its end. */
  readonly print: (line: string) => void;
  /** Waits; tests wait shorter. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
};

type Work = KeysStore & Pick<KeysCommandDependencies, "print">;

const USAGE = `Usage: npm run keys -- <command>
  list            the key ring's keys and how many records each wraps
  rotate          make a new primary key and wrap every data key with it
  rewrap          wrap every data key with the primary key: finishes a rotation that was killed
  remove <id>     take a key that wraps nothing any more out of the ring
  rotate-signing  make a new key that signs access tokens; tokens of the one before serve to their end`;

/**
 * Runs `npm run keys` beside running gateways. Resolves with the exit code: 0 done, 1 refused or with records left that
 * could not be read, 64 not understood.
 */
export async function runKeysCommand(
  args: readonly string[],
  { open, print, sleep = setTimeout }: KeysCommandDependencies,
): Promise<ExitCode> {
  const run = findCommand(args);
  if (run === null) {
    print(USAGE);
    return USAGE_ERROR;
  }
  const store = await open();
  const rotation = createKeyRotation({ ...store, remote: store.remoteKeys, sleep, onProgress: print });
  try {
    return await run(rotation, { ...store, print });
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error;
    print(error.message);
    return 1;
  }
}

type Run = (rotation: KeyRotation, work: Work) => Promise<0 | 1>;

const COMMANDS: Readonly<Record<string, Run>> = {
  list,
  rotate,
  rewrap: async (rotation, work) => report(await rotation.rewrap(), work),
  "rotate-signing": (_, work) => rotateSigning(work),
};

function findCommand([command = "", keyId, ...more]: readonly string[]): Run | null {
  if (command === "remove" && keyId !== undefined && more.length === 0) return (rotation, work) => remove(keyId, rotation, work);
  return keyId === undefined && Object.hasOwn(COMMANDS, command) ? (COMMANDS[command] ?? null) : null;
}

async function list(rotation: KeyRotation, { print }: Work): Promise<0> {
  for (const { keyId, isPrimary, count } of await rotation.list()) {
    print(`${keyId}  ${isPrimary ? "primary" : "old    "}  wraps ${count}`);
  }
  return 0;
}

async function rotate(rotation: KeyRotation, work: Work): Promise<0 | 1> {
  const before = await work.envelope.primaryKeyId();
  await recordChange(work, "KEY_RING_ROTATION_STARTED");
  await recordChange(work, "KEY_RING_ROTATED", await rotation.begin());
  const code = report(await rotation.rewrap(), work);
  if (code === 0) work.print(`${before} can be removed once no backup needs it: npm run keys -- remove ${before}`);
  return code;
}

async function remove(keyId: string, rotation: KeyRotation, work: Work): Promise<0> {
  // A key that is gone cannot be brought back: that it goes is on record before.
  await rotation.remove(keyId, () => recordChange(work, "KEY_RING_KEY_REMOVAL_STARTED", keyId));
  await work.shred();
  await recordChange(work, "KEY_RING_KEY_REMOVED", keyId);
  work.print(`${keyId} is removed`);
  return 0;
}

async function rotateSigning({ rotateSigningKey, print }: Work): Promise<0> {
  print(`${await rotateSigningKey()} signs access tokens from now on`);
  return 0;
}

function report({ rewrapped, unreadable }: RewrapReport, { print }: Work): 0 | 1 {
  print(`${rewrapped} re-wrapped, ${unreadable} unreadable`);
  return unreadable === 0 ? 0 : 1;
}

function recordChange(
  { audit }: Work,
  action: "KEY_RING_ROTATION_STARTED" | "KEY_RING_ROTATED" | "KEY_RING_KEY_REMOVAL_STARTED" | "KEY_RING_KEY_REMOVED",
  keyId?: string,
): Promise<void> {
  const about = keyId === undefined ? {} : { target: { type: "KeyEncryptionKey", id: keyId } };
  return audit.record({ actor: systemActor("keys-command"), action, ...about });
}
