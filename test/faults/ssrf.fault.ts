import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Register } from "../api/documents.ts";
import { startDnsServer } from "../support/dns-server.ts";
import { answerName, FORBIDDEN_NAMES, HARMLESS_ADDRESS } from "../support/forbidden-names.ts";
import { ALLOWED_TARGETS, forbiddenTargets, OPERATOR_ALLOWS, TARGET_PORTS } from "../support/forbidden-targets.ts";
import { type Caller, knockEverywhere } from "../support/outbound-doors.ts";
import { execute, startProduct } from "../support/product.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { isInEmptyNetwork, runInEmptyNetwork } from "./support/empty-network.ts";

/** Listeners of every address on every port that a target names; they redirect whoever speaks http to loopback. */
async function startListeners() {
  let arrived = 0;
  const redirect = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/v1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
  const servers: Server[] = TARGET_PORTS.map((port) => {
    const server = createServer((socket) => {
      if (socket.localAddress !== `::ffff:${HARMLESS_ADDRESS}`) arrived += 1;
      socket.on("error", () => undefined);
      socket.once("data", (data) => (data[0] === 0x16 ? socket.destroy() : socket.end(redirect)));
    });
    return server.listen(port, "::");
  });
  await Promise.all(servers.map((server) => once(server, "listening")));
  return { arrived: () => arrived, close: () => servers.map((server) => server.close()) };
}

async function signUp(url: string): Promise<Caller> {
  const { data } = await execute(url, Register, { input: { username: "ada", password: "correct horse battery staple" } });
  const token = data?.register?.accessToken;
  if (token == null) throw new Error("The user could not register.");
  return { url, token };
}

const isRefused = (verdicts: readonly string[]) => verdicts.every((verdict) => !/^(PASSED|status (2|3)..)$/.test(verdict));

async function attack({ isShort }: FaultOptions): Promise<Figures> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "postern-ssrf-"));
  const listeners = await startListeners();
  await startDnsServer(answerName, 53);
  const environment = {
    UPSTREAM_ALLOW: OPERATOR_ALLOWS,
    CONNECTION_TESTS_PER_MINUTE: "0",
    CONNECTION_TEST_FLOOR_MS: "0",
    UPSTREAM_DNS_TIMEOUT_MS: "500",
  };
  const product = await startProduct({ dataDir, environment });
  try {
    const caller = await signUp(product.url);
    const arrivalsOf = async (url: string) => {
      const before = listeners.arrived();
      const verdicts = await knockEverywhere(caller, url);
      return { verdicts, connects: listeners.arrived() - before };
    };
    const every = isShort ? 10 : 1;
    const forbidden = [...forbiddenTargets(), ...FORBIDDEN_NAMES.map((name) => `https://${name}/v1`)];
    const targets = forbidden.filter((_, index) => index % every === 0);
    const figures = { connects: 0, through: 0, blocked: 0 };
    for (const url of targets) {
      const { verdicts, connects } = await arrivalsOf(url);
      figures.connects += connects;
      if (!isRefused(verdicts)) figures.through += 1;
      if (connects > 0 || !isRefused(verdicts)) console.error(`let through: ${url} ${verdicts.join(" ")}`);
    }
    for (const url of ALLOWED_TARGETS) {
      const { verdicts, connects } = await arrivalsOf(url);
      if (connects < verdicts.length) figures.blocked += 1;
      if (connects < verdicts.length) console.error(`kept back: ${url} ${verdicts.join(" ")}`);
    }
    return {
      cases: targets.length + ALLOWED_TARGETS.length,
      figures: [
        { what: "forbidden targets, by three ways each", value: targets.length, target: { atLeast: isShort ? 26 : 265 } },
        { what: "connections at a forbidden listener", value: figures.connects, target: { exactly: 0 } },
        { what: "forbidden targets answered otherwise than by a refusal", value: figures.through, target: { exactly: 0 } },
        { what: "allowed targets", value: ALLOWED_TARGETS.length, target: { atLeast: 16 } },
        { what: "allowed targets that were kept back", value: figures.blocked, target: { exactly: 0 } },
      ],
    };
  } finally {
    await product.end("SIGKILL");
    listeners.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

defineFault({
  name: "ssrf",
  about: "Users' URLs in every spelling of addresses that must not be called: nothing arrives there, and what is allowed does.",
  run: (options) => (isInEmptyNetwork() ? attack(options) : runInEmptyNetwork("ssrf")),
});
