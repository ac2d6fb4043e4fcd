import type { FastifyInstance } from "fastify";
import { READING, refuseMethods } from "./refused-methods.ts";

/** The parts that must work before requests are sent here; each check resolves when its part does. */
export type ReadinessChecks = Readonly<Record<"database" | "migrations" | "keyRing", () => Promise<void>>>;

const CHECK_LIMIT_MS = 2_000;

type PartState = "ok" | "failing" | "stopping";
type Readiness = { readonly status: "ready" | "not ready"; readonly parts: Readonly<Record<string, PartState>> };

async function stateOf(check: () => Promise<void>): Promise<PartState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<PartState>((resolve) => {
    timer = setTimeout(() => resolve("failing"), CHECK_LIMIT_MS);
  });
  const checked = (async () => check())().then(
    (): PartState => "ok",
    (): PartState => "failing",
  );
  return Promise.race([checked, late]).finally(() => clearTimeout(timer));
}

async function readinessOf(checks: ReadinessChecks): Promise<Readiness> {
  const states = await Promise.all(Object.entries(checks).map(async ([part, check]) => [part, await stateOf(check)] as const));
  const isReady = states.every(([, state]) => state === "ok");
  return { status: isReady ? "ready" : "not ready", parts: Object.fromEntries(states) };
}

/**
 * `/health`: 200 while the process answers. `/health/ready`: 200, or 503 naming the failing parts in coarse words; also
 * from the moment that the end was announced.
 * Probes that come while one is being answered share its checks, so that they cannot load a store that struggles.
 */
export function registerHealth(app: FastifyInstance, checks: ReadinessChecks): void {
  let running: Promise<Readiness> | undefined;
  app.get("/health", async () => ({ status: "ok" }));
  app.get("/health/ready", async (_request, reply) => {
    running ??= readinessOf(checks).finally(() => {
      running = undefined;
    });
    const checked = await running;
    const parts = { ...checked.parts, listener: "stopping" } as const;
    const readiness = app.draining.isAnnounced() ? ({ status: "not ready", parts } as const) : checked;
    return reply.code(readiness.status === "ready" ? 200 : 503).send(readiness);
  });
  for (const url of ["/health", "/health/ready"]) refuseMethods(app, url, READING);
}
