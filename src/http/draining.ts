import type { ServerResponse } from "node:http";
import { Server, type Socket } from "node:net";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/** The end of an app's service, in steps that lose no request. */
export type Draining = {
  /** True once the end was announced: the app is not ready, and its answers keep no connection. */
  isAnnounced(): boolean;
  /** Aborted once nobody new is let in: what would go on for ever ends now. */
  readonly lastCall: AbortSignal;
  /**
   * Announces the end, lets balancers notice for `graceMs`, then takes no connection any more, and resolves when every
   * request that was sent is answered and all connections are closed. Those without a request have `graceMs` more.
   */
  drain(graceMs: number): Promise<void>;
};

declare module "fastify" {
  interface FastifyInstance {
    readonly draining: Draining;
  }
}

/** How often connections that have come to rest are looked for. */
const CHECKING_MS = 100;
/** So many turns of the loop without a new connection, and nobody waits at the listener: Node accepts one a turn. */
const QUIET_TURNS = 32;
/** Longest time that those who wait at the listener are let in for, when more and more come. */
const ACCEPTING_MS = 3_000;

/** Resolves after as many turns in which `hasNews` was false. What had arrived at the process is read by then. */
async function waitForQuiet(hasNews: () => boolean): Promise<void> {
  const limit = performance.now() + ACCEPTING_MS;
  for (let turns = 0; turns < QUIET_TURNS && performance.now() < limit; turns = hasNews() ? 0 : turns + 1) await turn();
}

/**
 * Takes no connection any more, and none of those that waited at the listener is reset: they are let in first, and served
 * only then, since a server that works on what it lets in would never come to the end of those who wait.
 */
async function closeListener(server: Server): Promise<void> {
  const serve = server.listeners("connection") as ((socket: Socket) => void)[];
  const letIn: Socket[] = [];
  server.removeAllListeners("connection").on("connection", (socket) => letIn.push(socket));
  let known = 0;
  await waitForQuiet(() => {
    const hasNews = letIn.length > known;
    known = letIn.length;
    return hasNews;
  });
  // Not http's own: that one cuts connections at once, and looks for overdue ones no more.
  Server.prototype.close.call(server);
  server.removeAllListeners("connection");
  for (const listener of serve) server.on("connection", listener);
  for (const socket of letIn) server.emit("connection", socket);
}

/** Connections that never sent a byte. Clients open such in advance; Node counts them neither as idle nor as busy. */
function watchSilent({ server }: FastifyInstance): { close(): void } {
  const silent = new Set<Socket>();
  server.on("connection", (socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.on("request", ({ socket }) => silent.delete(socket));
  return {
    close: () => {
      for (const socket of silent) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}

/** Answers that are not complete. A head that is written from the announcement on tells the client to let go. */
function watchAnswers({ server }: FastifyInstance, isAnnounced: () => boolean): { letGo(): void } {
  const open = new Set<ServerResponse>();
  server.prependListener("request", (_request, answer) => {
    if (isAnnounced()) answer.shouldKeepAlive = false;
    open.add(answer);
    answer.once("close", () => open.delete(answer));
  });
  return {
    letGo: () => {
      for (const answer of open) answer.shouldKeepAlive = false;
    },
  };
}

/**
 * Gives the app `draining`. Without it a server that closes resets the connections on which a request has arrived that
 * was not read yet. An app that is closed undrained does the same in one step, for tests.
 */
export function registerDraining(app: FastifyInstance): void {
  let isAnnounced = false;
  const lastCall = new AbortController();
  const silent = watchSilent(app);
  const answers = watchAnswers(app, () => isAnnounced);
  const closeIdle = () => {
    silent.close();
    app.server.closeIdleConnections();
  };
  const announce = () => {
    isAnnounced = true;
    answers.letGo();
  };
  const drain = async (graceMs: number) => {
    announce();
    await sleep(graceMs);
    const closed = new Promise<void>((resolve) => app.server.once("close", resolve));
    await closeListener(app.server);
    lastCall.abort();
    await Promise.race([closed, sleep(graceMs)]);
    const closing = setInterval(() => void waitForQuiet(() => false).then(closeIdle), CHECKING_MS);
    await closed.finally(() => clearInterval(closing));
  };
  app.decorate("draining", { isAnnounced: () => isAnnounced, lastCall: lastCall.signal, drain });
  app.addHook("preClose", async () => {
    announce();
    lastCall.abort();
    silent.close();
  });
}
