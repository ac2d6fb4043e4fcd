import { type AuditAnchor, isGenuineAnchor, UNCHAINED } from "./audit-anchor.ts";
import { beginningOf, type ChainedRecord, type ChainPosition, isSameMac, macOfLink } from "./audit-chain.ts";
import type { AuditSecret } from "./audit-secret.ts";

/**
 * What can be wrong at a place. CHANGED: the link is not what was written there. MISSING: links before it are gone.
 * REPEATED: a place is taken twice. TRUNCATED: a signed head says that the chain went further. FORKED: a signed head says
 * that another link stood there. UNCHAINED: events outside of every chain are not those that were signed for.
 * UNSIGNED: an anchor that the store's key did not sign.
 */
export type AuditFaultKind = "CHANGED" | "MISSING" | "REPEATED" | "TRUNCATED" | "FORKED" | "UNCHAINED" | "UNSIGNED";

export type AuditFault = {
  readonly kind: AuditFaultKind;
  readonly chainId: string;
  readonly sequence: number;
  /** The event at that place; null where there is none. */
  readonly eventId: string | null;
};

/** A restore that is on record: how many chains had gone further than what it brought back. */
export type KnownFork = { readonly restoredAt: Date; readonly chains: number };

/** What a verification found. Of very many faults the first are kept, and all are counted. Known forks are no faults. */
export type AuditVerdict = {
  readonly forks: readonly KnownFork[];
  readonly events: number;
  readonly chains: number;
  readonly faultCount: number;
  readonly faults: readonly AuditFault[];
};

const MOST_FAULTS_KEPT = 100;

/** What anchors say of one chain: heads by their place, where restores left it, and how far a cut removed it. */
type Expectation = { readonly heads: Map<number, AuditAnchor[]>; readonly restores: AuditAnchor[]; cut: AuditAnchor | null };

/**
 * Judges a trail that it is given link by link. First all anchors, then the links of each chain in their order; chains may
 * take turns. It keeps one position for each chain and nothing of the events.
 */
export class ChainVerifier {
  readonly #secret: AuditSecret;
  /** Links may be left out, as from an export of some: then what is there must be genuine, and nothing is said of the rest. */
  readonly #isPartial: boolean;
  readonly #expected = new Map<string, Expectation>();
  readonly #positions = new Map<string, ChainPosition>();
  readonly #faults: AuditFault[] = [];
  /** The chains that each restore gave up, by when it was. */
  readonly #forks = new Map<number, Set<string>>();
  #unchained: AuditAnchor | null = null;
  #faultCount = 0;
  #events = 0;

  constructor(secret: AuditSecret, isPartial = false) {
    this.#secret = secret;
    this.#isPartial = isPartial;
  }

  get events(): number {
    return this.#events;
  }

  /**
   * Takes an anchor, from wherever it is kept. What excuses something is looked at now; a head only accuses, so its
   * signature is looked at when it contradicts the chain: there may be very many.
   */
  addAnchor(anchor: AuditAnchor): void {
    const { chainId, kind, sequence } = anchor;
    if (kind === "HEAD" || kind === "END") {
      this.#addHead(anchor);
    } else if (!isGenuineAnchor(this.#secret, anchor)) {
      this.addFault("UNSIGNED", chainId, sequence);
    } else if (kind === "UNCHAINED") {
      // A cut can leave fewer of them; the newest one counts.
      if (this.#unchained === null || anchor.createdAt >= this.#unchained.createdAt) this.#unchained = anchor;
    } else if (kind === "RESTORED") {
      this.#expectationOf(chainId).restores.push(anchor);
      this.#addHead(anchor);
    } else {
      const expected = this.#expectationOf(chainId);
      if (sequence >= (expected.cut?.sequence ?? 0)) expected.cut = anchor;
    }
  }

  #addHead(anchor: AuditAnchor): void {
    const { heads } = this.#expectationOf(anchor.chainId);
    const there = heads.get(anchor.sequence) ?? [];
    // Of two that say the same, a restore gives up neither or both: the later one counts.
    const same = there.findIndex(({ mac }) => isSameMac(mac, anchor.mac));
    if (same < 0) heads.set(anchor.sequence, [...there, anchor]);
    else if (anchor.createdAt > (there[same]?.createdAt ?? anchor.createdAt)) there[same] = anchor;
  }

  /** Takes the next link of a chain; `previousMac` where it was written down beside it. */
  addLink(link: ChainedRecord, previousMac: string | null = null): void {
    const { chainId, sequence } = link;
    const before = this.#positions.get(chainId) ?? this.#beginningOf(chainId);
    this.#events += 1;
    if (sequence <= before.sequence) {
      this.addFault("REPEATED", chainId, sequence, link.id);
      return;
    }
    const follows = sequence === before.sequence + 1;
    if (!follows && !this.#isPartial) this.addFault("MISSING", chainId, before.sequence + 1);
    const previous = follows ? before.mac : previousMac;
    // After a gap there is nothing to check the next link against, unless it came along; the gap itself is told.
    const isGenuine = previous === null || isSameMac(macOfLink(this.#secret, link, previous), link.mac);
    if (!isGenuine) this.addFault("CHANGED", chainId, sequence, link.id);
    this.#compareWithHeads(link);
    this.#positions.set(chainId, { sequence, mac: link.mac });
  }

  /** Takes the count and MAC of all events outside of every chain. */
  addUnchained({ count, mac }: { readonly count: number; readonly mac: string }): void {
    this.#events += count;
    const signed = this.#unchained;
    const isAsSigned = signed === null ? count === 0 : count === signed.sequence && (count === 0 || isSameMac(mac, signed.mac));
    if (!isAsSigned) this.addFault("UNCHAINED", UNCHAINED, count);
  }

  addFault(kind: AuditFaultKind, chainId: string, sequence: number, eventId: string | null = null): void {
    this.#faultCount += 1;
    if (this.#faults.length < MOST_FAULTS_KEPT) this.#faults.push({ kind, chainId, sequence, eventId });
  }

  /** The verdict, once everything was given. */
  finish(): AuditVerdict {
    if (!this.#isPartial) for (const chainId of this.#expected.keys()) this.#requireReached(chainId);
    const forks = [...this.#forks].sort(([one], [other]) => one - other);
    return {
      forks: forks.map(([time, { size }]) => ({ restoredAt: new Date(time), chains: size })),
      events: this.#events,
      chains: new Set([...this.#positions.keys(), ...this.#expected.keys()]).size,
      faultCount: this.#faultCount,
      faults: this.#faults,
    };
  }

  #compareWithHeads({ id, chainId, sequence, mac }: ChainedRecord): void {
    const heads = this.#expected.get(chainId)?.heads;
    for (const head of heads?.get(sequence) ?? []) {
      if (!isSameMac(head.mac, mac) && !this.#isGivenUp(head))
        this.addFault(this.#faultOf(head, "FORKED"), chainId, sequence, id);
    }
    heads?.delete(sequence);
  }

  #requireReached(chainId: string): void {
    const { sequence } = this.#positions.get(chainId) ?? this.#beginningOf(chainId);
    const heads = [...this.#expectationOf(chainId).heads.values()]
      .flat()
      .filter((head) => head.sequence > sequence && !this.#isGivenUp(head));
    const kinds = new Set(heads.map((head) => this.#faultOf(head, "TRUNCATED")));
    for (const kind of kinds) this.addFault(kind, chainId, sequence + 1);
  }

  /** True when a restore left the chain before the head, later than that was signed; then the fork is a known one. */
  #isGivenUp({ chainId, sequence, createdAt }: AuditAnchor): boolean {
    const restore = this.#expectationOf(chainId).restores.find((each) => each.sequence < sequence && each.createdAt >= createdAt);
    if (restore === undefined) return false;
    const time = restore.createdAt.getTime();
    this.#forks.set(time, (this.#forks.get(time) ?? new Set<string>()).add(chainId));
    return true;
  }

  #faultOf(head: AuditAnchor, kind: AuditFaultKind): AuditFaultKind {
    return isGenuineAnchor(this.#secret, head) ? kind : "UNSIGNED";
  }

  #expectationOf(chainId: string): Expectation {
    const expected = this.#expected.get(chainId) ?? { heads: new Map(), restores: [], cut: null };
    this.#expected.set(chainId, expected);
    return expected;
  }

  #beginningOf(chainId: string): ChainPosition {
    return this.#expected.get(chainId)?.cut ?? beginningOf(this.#secret, chainId);
  }
}
