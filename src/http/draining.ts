import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Server as TlsServer } from "node:tls";
import type { FastifyInstance } from "fastify";
import { Roster } from "../roster.ts";
import { closeListener, waitForQuiet } from "./listener.ts";

/** The end of an app's service, in steps that lose no request. */
export type Draining = {
  /** True once the end was announced: the app is not ready. */
  isAnnounced(): boolean;
  /** Aborted once nobody new is let in: what would go on for ever ends now. */
  readonly lastCall: AbortSignal;
  /**
   * Announces the end, lets balancers notice for `graceMs`, then takes no connection any more, and resolves when every
   * request that was sent is answered and all connections are closed. Those without a request have `idleMs` more: somebody may
   * be sending on them.
   */
  drain(graceMs: number, idleMs: number): Promise<void>;
};

declare module "fastify" {
  interface FastifyInstance {
    readonly draining: Draining;
  }
}

/** How often connections that have come to rest are looked for. */
const CHECKING_MS = 100;

/** Connections that never sent a byte of a request. Clients open such in advance; Node counts them neither as idle nor as busy. */
function watchSilent({ server }: FastifyInstance): { close(): void } {
  const isTls = server instanceof TlsServer;
  const silent = new Set<Socket>();
  /** Those that have not shaken hands, by their peers: what has is another object. */
  const shaking = new Map<string, Socket>();
  const peerOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
  const watch = (socket: Socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  };
  server.on("connection", (socket: Socket) => {
    if (!isTls) return watch(socket);
    const peer = peerOf(socket);
    shaking.set(peer, socket);
    socket.once("close", () => shaking.delete(peer));
  });
  server.on("secureConnection", (socket: Socket) => {
    shaking.delete(peerOf(socket));
    watch(socket);
  });
  server.on("request", ({ socket }) => silent.delete(socket));
  return {
    close: () => {
      for (const socket of silent) if (socket.bytesRead === 0) socket.destroy();
      for (const socket of shaking.values()) socket.destroy();
    },
  };
}

/** Answers that are not complete. A head that is written after `letGo` tells the client to keep its connection no more. */
function watchAnswers({ server }: FastifyInstance): { letGo(): void } {
  const open = new Roster<ServerResponse>();
  let isLettingGo = false;
  server.prependListener("request", (_request, answer) => {
    if (isLettingGo) answer.shouldKeepAlive = false;
    answer.once("close", open.add(answer));
  });
  return {
    letGo: () => {
      isLettingGo = true;
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
  const answers = watchAnswers(app);
  const closeIdle = () => {
    silent.close();
    app.server.closeIdleConnections();
  };
  const drain = async (graceMs: number, idleMs: number) => {
    isAnnounced = true;
    await sleep(graceMs);
    const closed = new Promise<void>((resolve) => app.server.once("close", resolve));
    await closeListener(app.server);
    // Not before: callers who have to connect anew would do so at the moment in which the listener closes.
    answers.letGo();
    lastCall.abort();
    await Promise.race([closed, sleep(idleMs)]);
    const closing = setInterval(() => void waitForQuiet(() => false).then(closeIdle), CHECKING_MS);
    await closed.finally(() => clearInterval(closing));
  };
  app.decorate("draining", { isAnnounced: () => isAnnounced, lastCall: lastCall.signal, drain });
  app.addHook("preClose", async () => {
    isAnnounced = true;
    answers.letGo();
    lastCall.abort();
    silent.close();
  });
}
