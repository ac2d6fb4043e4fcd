import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { requireRecentAuthentication } from "../access/reauthentication.ts";
import { requirePermission, type Viewer } from "../access/viewer.ts";
import type { AuditEventRepository } from "../audit/audit-event.repository.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Lease, Leases } from "../database/leases.ts";
import type { PersonError } from "../errors.ts";
import type { Envelope, RemoteKeys } from "../keys/envelope.ts";
import type { KeyCheckStore } from "../keys/key-check.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { KeyRingError } from "../keys/ring-content.ts";
import { createKeyRotation, type KeyRotation } from "../keys/rotation.ts";
import type { SealedSource } from "../keys/sealed-source.ts";

/** One key-encryption key and how many records it wraps. */
export type KeyView = {
  readonly id: string;
  readonly isPrimary: boolean;
  /** Null for a key that no process has proven yet. */
  readonly createdAt: Date | null;
  readonly sealedRecords: number;
};

/** How far the wrapping of all records with the primary key is, on whatever node it runs. */
export type KeyRotationState = {
  readonly isRunning: boolean;
  /** Records that the primary key wraps, of `total`. */
  readonly rewrapped: number;
  readonly total: number;
  /** Records that could not be read; null until the rotation is over. */
  readonly unreadable: number | null;
  readonly startedAt: Date | null;
  /** Null while it runs, and when it was killed: starting one again finishes it. */
  readonly finishedAt: Date | null;
};

export type StartRotationOutcome = {
  readonly keyRotation: KeyRotationState | null;
  readonly userErrors: readonly PersonError[];
};

export type KeyAdministrationDependencies = {
  readonly ring: KeyRing;
  readonly remoteKeys: RemoteKeys | null;
  readonly envelope: Envelope;
  readonly checks: KeyCheckStore;
  readonly sources: readonly SealedSource[];
  readonly leases: Leases;
  readonly events: Pick<AuditEventRepository, "findNewestOf">;
  readonly audit: AuditLog;
  readonly log: Logger;
};

const LEASE = "key-rotation";
const LEASE_MS = 30_000;

/** Owns the rotation of key-encryption keys over the API. One runs at a time, over all nodes. */
export class KeyAdministrationService {
  readonly #deps: KeyAdministrationDependencies;
  readonly #rotation: KeyRotation;
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(deps: KeyAdministrationDependencies) {
    this.#deps = deps;
    // A gateway that stops ends between two batches; the next rotation goes on from there.
    const sources = deps.sources.map((source) => ({
      ...source,
      nextBatch: async (...place: Parameters<SealedSource["nextBatch"]>) => (this.#isStopping ? [] : source.nextBatch(...place)),
    }));
    this.#rotation = createKeyRotation({ ...deps, remote: deps.remoteKeys, sources, onProgress: () => {}, sleep });
  }

  /** Every key that records may be wrapped by, oldest first. */
  async listKeys(viewer: Viewer): Promise<readonly KeyView[]> {
    requirePermission(viewer, "key:read");
    const uses = await this.#rotation.list();
    return uses.map(({ keyId, isPrimary, count, createdAt }) => ({ id: keyId, isPrimary, createdAt, sealedRecords: count }));
  }

  /** The rotation that runs, or ran last; null before the first. */
  async findRotation(viewer: Viewer): Promise<KeyRotationState | null> {
    requirePermission(viewer, "key:read");
    return this.#readState();
  }

  /**
   * Makes a new primary key, and has every record wrapped with it in the background.
   * @throws {GatewayError} REAUTHENTICATION_REQUIRED
   */
  async startRotation(viewer: Viewer): Promise<StartRotationOutcome> {
    requirePermission(viewer, "key:rotate");
    await requireRecentAuthentication(viewer);
    const { leases, audit, log } = this.#deps;
    const lease = await leases.acquire(LEASE, LEASE_MS);
    if (lease === null) return ALREADY_RUNNING;
    try {
      // The new key's id is not known before it is made, and a ring that has changed cannot be taken back.
      await audit.record({ actor: viewer, action: "KEY_RING_ROTATION_STARTED" });
      const id = await this.#rotation.begin();
      await audit.record({ actor: viewer, action: "KEY_RING_ROTATED", target: { type: "KeyEncryptionKey", id } });
    } catch (error) {
      await leases.release(lease);
      if (!(error instanceof KeyRingError)) throw error;
      // It names files and addresses, which are the operator's to read.
      log.error({ err: error }, "the key ring could not be rotated");
      return RING_UNCHANGED;
    }
    this.#running = this.#rewrap(viewer, lease).catch((error: unknown) => {
      log.error({ err: error }, "a key rotation did not come to its end");
    });
    return { keyRotation: await this.#readState(), userErrors: [] };
  }

  /** Resolves once nothing more is wrapped here. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  async #rewrap(viewer: Viewer, lease: Lease): Promise<void> {
    const { leases, audit, log } = this.#deps;
    // Should it be lost, two may wrap at once, which costs time alone: each replaces only what it has read.
    const renew = () => leases.renew(lease, LEASE_MS).catch((error: unknown) => log.warn({ err: error }, "no lease renewed"));
    const renewing = setInterval(() => void renew(), LEASE_MS / 3).unref();
    try {
      const report = await this.#rotation.rewrap();
      if (this.#isStopping) return;
      const outcome = report.unreadable === 0 ? "SUCCEEDED" : "FAILED";
      await audit.record({ actor: viewer, action: "KEY_RING_REWRAPPED", outcome, details: report });
    } finally {
      clearInterval(renewing);
      await leases.release(lease);
    }
  }

  async #readState(): Promise<KeyRotationState | null> {
    const { leases, events } = this.#deps;
    const isRunning = await leases.isHeld(LEASE);
    const [begun, ended] = await Promise.all([
      events.findNewestOf("KEY_RING_ROTATED"),
      events.findNewestOf("KEY_RING_REWRAPPED"),
    ]);
    if (begun === null && !isRunning) return null;
    const uses = await this.#rotation.list();
    const total = uses.reduce((sum, { count }) => sum + count, 0);
    const rewrapped = uses.find(({ isPrimary }) => isPrimary)?.count ?? 0;
    const isOver = !isRunning && begun !== null && ended !== null && ended.createdAt >= begun.createdAt;
    const report = isOver ? (JSON.parse(ended.details) as { readonly unreadable: number }) : null;
    return {
      isRunning,
      rewrapped,
      total,
      unreadable: report?.unreadable ?? null,
      startedAt: begun?.createdAt ?? null,
      finishedAt: isOver ? ended.createdAt : null,
    };
  }
}

const ALREADY_RUNNING: StartRotationOutcome = {
  keyRotation: null,
  userErrors: [{ message: "A rotation is under way. Wait until it is over.", field: null, code: "ROTATION_RUNNING" }],
};

const RING_UNCHANGED: StartRotationOutcome = {
  keyRotation: null,
  userErrors: [
    {
      message: "The key ring cannot be changed from here. The gateway's log says why; a ring in KEY_RING is changed there.",
      field: null,
      code: "KEY_RING_UNCHANGED",
    },
  ],
};
