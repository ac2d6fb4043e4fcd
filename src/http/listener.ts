import cluster from "node:cluster";
import { Server, type Socket } from "node:net";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";

/** What a worker says to its primary to get no more connections. */
export const LET_GO = "let go";

/** So many turns of the loop without a new connection, and nobody waits at the listener: Node accepts one a turn. */
const QUIET_TURNS = 32;
/** The same for a worker, which its primary sends one after another: so many milliseconds without one. */
const QUIET_MS = 5;
/** Longest time that those who wait at the listener are let in for, when more and more come. */
const ACCEPTING_MS = 3_000;

/** Resolves after as many turns in which `hasNews` was false. What had arrived at the process is read by then. */
export async function waitForQuiet(
  hasNews: () => boolean,
  quietTurns = QUIET_TURNS,
  pass: () => Promise<unknown> = () => turn(),
): Promise<void> {
  const limit = performance.now() + ACCEPTING_MS;
  for (let turns = 0; turns < quietTurns && performance.now() < limit; turns = hasNews() ? 0 : turns + 1) await pass();
}

/**
 * Ends the listening. A worker has its primary end it, which would hand it connections still that nobody takes: the
 * primary stops first, and what it had handed over comes before its word.
 */
async function stopListening(server: Server): Promise<void> {
  // Not http's own: that one cuts connections at once, and looks for overdue ones no more.
  const close = Server.prototype.close;
  if (!cluster.isWorker || !process.connected) return void close.call(server);
  await new Promise<void>((resolve) => {
    // By this name the primary's word comes here.
    server.close = (callback) => {
      resolve();
      return close.call(server, callback);
    };
    process.send?.(LET_GO);
  });
}

/**
 * Takes no connection any more, and none of those that waited at the listener is reset: they are let in first, and served
 * only then, since a server that works on what it lets in would never come to the end of those who wait.
 */
export async function closeListener(server: Server): Promise<void> {
  const serve = server.listeners("connection") as ((socket: Socket) => void)[];
  const letIn: Socket[] = [];
  server.removeAllListeners("connection").on("connection", (socket) => {
    // One that is reset before it is served would end the process.
    socket.on("error", () => socket.destroy());
    letIn.push(socket);
  });
  let known = 0;
  const hasNews = () => {
    const isMore = letIn.length > known;
    known = letIn.length;
    return isMore;
  };
  if (cluster.isWorker) await waitForQuiet(hasNews, QUIET_MS, () => sleep(1));
  else await waitForQuiet(hasNews);
  await stopListening(server);
  server.removeAllListeners("connection");
  for (const listener of serve) server.on("connection", listener);
  for (const socket of letIn) {
    // Its end is told once: who serves it would wait for a request until it is late.
    if (socket.readableEnded) socket.destroy();
    else server.emit("connection", socket);
  }
}
