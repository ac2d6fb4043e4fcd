import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** When a login began, and the port that it came from. */
export type LoginSeen = { readonly port: number; readonly at: number };

/** An upstream whose logins take their time and each give another token. */
export type LoginUpstream = {
  readonly url: string;
  /** Logins begun so far, in their order; the n-th gives `token-n`. */
  readonly logins: readonly LoginSeen[];
  /** For how long the tokens of logins that end from now on are good. */
  lifeSeconds: number;
  /** Lets no login end until it is told to by what this returns. */
  hold(): () => void;
  /** Resolves with the login of this number, counted from 1, once it has begun. */
  begun(number: number): Promise<LoginSeen>;
  close(): void;
};

/** Each login takes `loginMs` at least. */
export async function startLoginUpstream(loginMs: number): Promise<LoginUpstream> {
  const logins: LoginSeen[] = [];
  let held = Promise.resolve();
  const server = createServer(async (request, response) => {
    logins.push({ port: request.socket.remotePort ?? 0, at: performance.now() });
    const token = `token-${logins.length}`;
    request.resume();
    await sleep(loginMs);
    await held;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ statusCode: 200, accessToken: token, expires_in: upstream.lifeSeconds }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const upstream: LoginUpstream = {
    lifeSeconds: 60,
    hold: () => {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    url: `http://127.0.0.1:${port}/login`,
    logins,
    begun: async (number) => {
      for (;;) {
        const login = logins[number - 1];
        if (login !== undefined) return login;
        await sleep(10);
      }
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return upstream;
}
