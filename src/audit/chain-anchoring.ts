import type { Clock } from "../identifiers.ts";
import type { AuditAnchorRepository } from "./audit-anchor.repository.ts";
import { type AnchorKind, type AuditAnchor, signAnchor } from "./audit-anchor.ts";
import type { ChainPosition } from "./audit-chain.ts";
import type { AuditSecret } from "./audit-secret.ts";
import type { AnchorSink } from "./heads-file.ts";

export type ChainAnchoringDependencies = {
  readonly secret: AuditSecret;
  readonly anchors: AuditAnchorRepository;
  readonly sink: AnchorSink | null;
  readonly clock: Clock;
  /** Longest time that an event stands without a signed head after it, in milliseconds. */
  readonly intervalMs: number;
  /** Told of every head that could not be stored; it is tried again. */
  readonly onFailure: (error: unknown) => void;
};

/** Events of a chain after which its head is signed at once. */
const MOST_UNSIGNED = 1_000;

/** For how long heads may fail before events are refused, in milliseconds. */
const GRACE_MS = 60_000;

/**
 * Signs how far this process's chains go, into the store and into the file beside it: whoever removes the end of a
 * chain, or brings back an older store, contradicts a head.
 */
export class ChainAnchoring {
  readonly #dependencies: ChainAnchoringDependencies;
  /** Where chains end that have gone on since their last head, and all that ever had a link. */
  readonly #unsigned = new Map<string, ChainPosition>();
  readonly #ends = new Map<string, ChainPosition>();
  readonly #signed = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #signing: Promise<void> | null = null;
  #failingSince: number | null = null;

  constructor(dependencies: ChainAnchoringDependencies) {
    this.#dependencies = dependencies;
  }

  /** Notes that a chain now goes so far. */
  note(chainId: string, end: ChainPosition): void {
    this.#unsigned.set(chainId, end);
    this.#ends.set(chainId, end);
    if (end.sequence - (this.#signed.get(chainId) ?? 0) >= MOST_UNSIGNED && this.#failingSince === null) void this.sign();
    else this.#timer ??= setTimeout(() => void this.sign(), this.#dependencies.intervalMs).unref();
  }

  /** True when heads have failed for so long that nothing more may be put on record: it could be removed unnoticed. */
  isOverdue(): boolean {
    return this.#failingSince !== null && this.#dependencies.clock.now().getTime() - this.#failingSince > GRACE_MS;
  }

  /** Signs the heads of all chains that have gone on. Never rejects: what fails is told, and tried again. */
  sign(): Promise<void> {
    this.#signing ??= this.#signUnsigned("HEAD").finally(() => {
      this.#signing = null;
    });
    return this.#signing;
  }

  /** Signs that this process's chains end here. */
  async close(): Promise<void> {
    await this.#signing;
    for (const [chainId, end] of this.#ends) this.#unsigned.set(chainId, end);
    await this.#signUnsigned("END");
    clearTimeout(this.#timer);
  }

  async #signUnsigned(kind: AnchorKind): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const taken = [...this.#unsigned];
    if (taken.length === 0) return;
    const { secret, clock, onFailure } = this.#dependencies;
    const createdAt = clock.now();
    try {
      const heads = taken.map(([chainId, { sequence, mac }]) => signAnchor(secret, { chainId, kind, sequence, mac, createdAt }));
      await this.#store(heads);
      this.#failingSince = null;
      for (const [chainId, end] of taken) {
        this.#signed.set(chainId, end.sequence);
        if (this.#unsigned.get(chainId) === end) this.#unsigned.delete(chainId);
      }
    } catch (error) {
      this.#failingSince ??= createdAt.getTime();
      onFailure(error);
    }
    if (this.#unsigned.size > 0) this.#timer ??= setTimeout(() => void this.sign(), this.#dependencies.intervalMs).unref();
  }

  async #store(heads: readonly AuditAnchor[]): Promise<void> {
    const { anchors, sink } = this.#dependencies;
    // The file first: it is the one that a stolen or rolled-back store cannot answer for.
    await sink?.append(heads);
    for (const head of heads) await anchors.save(head);
  }
}
