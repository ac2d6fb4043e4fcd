import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { RefusalReason } from "../errors.ts";
import { type BusyLoop, watchLoop } from "./busy-loop.ts";
import type { InFlightLimit } from "./in-flight.ts";

export type AdmissionOptions = {
  /** Most requests that wait to be begun; the next is refused. */
  readonly mostWaiting: number;
  /** Who has waited for longer is refused: most clients have given up by then. */
  readonly longestWaitMs: number;
  readonly inFlight: Pick<InFlightLimit, "isFull" | "count">;
  /** Answers 503 with a time to come back, at the least cost: nothing of the request was looked at but its address. */
  readonly refuse: (request: IncomingMessage, answer: ServerResponse, reason: RefusalReason) => void;
};

export type Admission = {
  /** Puts itself before what answers the server's requests. */
  guard(server: Server): void;
  /** How many requests wait to be begun. */
  waiting(): number;
  /** Stops watching the event loop. */
  close(): void;
};

/** Requests that one turn of the event loop begins, whatever they cost: enough to share a commit of the audit trail. */
const LEAST_A_TURN = 8;
const MOST_A_TURN = 64;
/** Work that one turn begins beyond that, in milliseconds. */
const WORK_MS = 25;
/** Longest time that a turn should take, with what was begun earlier and goes on, in milliseconds. */
const TURN_MS = 100;
/** Most turns between two batches in which those who wait at the door are let in: libuv accepts one connection a turn. */
const DOOR_TURNS = 64;
/** How soon it is looked again whether the loop has become free. */
const BUSY_MS = 1;

/** Whoever asks these must be answered when nothing else is. */
const EXEMPT: ReadonlySet<string | undefined> = new Set(["/health", "/health/ready"]);

type Waiting = { readonly request: IncomingMessage; readonly answer: ServerResponse; readonly since: number };

/**
 * Keeps a process that is asked for more than it can do at what it can do. A turn of the event loop begins so much work and no
 * more, and a loop that is busy all the time begins nothing while enough is under way; what is left waits in a bounded queue, in
 * the order in which it came. Below that load nothing waits. Refusing takes some ten microseconds, before a header, a token or
 * a body is looked at.
 */
export function createAdmission({ mostWaiting, longestWaitMs, inFlight, refuse }: AdmissionOptions): Admission {
  // Of an array V8 takes the first away without moving the rest. One with a mark for its head gets longer as long as anybody waits.
  const waiting: Waiting[] = [];
  const loop = watchLoop(inFlight.count);
  let serve: RequestListener = () => {};
  const begin = ({ request, answer, since }: Waiting) => {
    if (answer.destroyed) return;
    if (performance.now() - since > longestWaitMs) refuse(request, answer, "overload");
    else if (inFlight.isFull()) refuse(request, answer, "in-flight");
    else serve(request, answer);
  };
  const batches = createBatches(waiting, begin, loop);
  const admit: RequestListener = (request, answer) => {
    if (EXEMPT.has(request.url)) return serve(request, answer);
    if (inFlight.isFull()) return refuse(request, answer, "in-flight");
    if (batches.mayBegin()) return serve(request, answer);
    if (waiting.length >= mostWaiting) return refuse(request, answer, "overload");
    waiting.push({ request, answer, since: performance.now() });
  };
  return {
    guard: (server) => {
      const [first] = server.listeners("request") as RequestListener[];
      if (first === undefined) throw new Error("Nothing answers this server's requests yet.");
      serve = first.bind(server);
      server.removeListener("request", first).on("request", admit);
      server.on("connection", batches.noteConnection);
    },
    waiting: () => waiting.length,
    close: loop.close,
  };
}

/** Begins what waits, a batch at a time; between two batches the loop turns for everything else. */
function createBatches(waiting: Waiting[], begin: (next: Waiting) => void, loop: BusyLoop) {
  /** True from the first request of a turn until its end. */
  let isTurnOpen = false;
  /** When this turn began its first request; null while it has begun none. */
  let began: number | null = null;
  let begun = 0;
  let size = MOST_A_TURN;
  let hasNewConnection = false;

  const hasTime = (): boolean => {
    if (loop.isOccupied()) return false;
    began ??= performance.now();
    return begun < LEAST_A_TURN || (begun < MOST_A_TURN && performance.now() - began < WORK_MS);
  };
  const beginNext = () => {
    if (!hasTime()) return;
    begun += 1;
    const next = waiting.shift();
    if (next !== undefined) begin(next);
  };
  const endTurn = () => {
    isTurnOpen = false;
    began = null;
    begun = 0;
    if (waiting.length > 0) setImmediate(openDoor, performance.now(), DOOR_TURNS);
    else size = MOST_A_TURN;
  };
  const openDoor = (turnBegan: number, turnsLeft: number) => {
    const now = performance.now();
    // What was begun goes on in later turns: if that alone fills them, fewer are begun.
    if (now - turnBegan > TURN_MS) size = Math.max(LEAST_A_TURN, size >> 1);
    const isQuiet = !hasNewConnection;
    hasNewConnection = false;
    if (!isQuiet && turnsLeft > 0) return void setImmediate(openDoor, now, turnsLeft - 1);
    // Not by turning on and on: whether the loop is busy could not be told any more.
    if (loop.isOccupied()) return void setTimeout(openDoor, BUSY_MS, now + BUSY_MS, DOOR_TURNS);
    // One by one, so that what each leads to at once is done, and counts, before the next is begun.
    for (let count = Math.min(size, waiting.length); count > 0; count -= 1) setImmediate(beginNext);
    size = Math.min(MOST_A_TURN, size + 1);
    isTurnOpen = true;
    setImmediate(endTurn);
  };
  return {
    noteConnection: () => {
      hasNewConnection = true;
    },
    /** Whether a request that comes now is begun at once: nobody waits, here or at the door, and this turn has time. */
    mayBegin: (): boolean => {
      if (waiting.length > 0) return false;
      if (!isTurnOpen) setImmediate(endTurn);
      isTurnOpen = true;
      if (hasNewConnection || !hasTime()) return false;
      begun += 1;
      return true;
    },
  };
}
