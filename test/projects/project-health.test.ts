import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { createHealthCheck } from "../../src/projects/health-check.ts";
import { HEALTH_TIMES, ProjectHealth } from "../../src/projects/project-health.ts";
import { createTestClock } from "../support/access.ts";
import { findRefusingPort, startMisbehavingServer } from "../support/misbehaving-server.ts";

const forever = new AbortController().signal;

/** Health with real checks, on a clock that stands still until it is moved, and quicker to give up than in earnest. */
function createHealth({ patienceMs = 5_000, deadlineMs = 400 } = {}) {
  const clock = createTestClock();
  const failures: object[] = [];
  const check = createHealthCheck({ deadlineMs, lookupHost: async () => ["169.254.169.254"] });
  const log = { error: (details: object) => void failures.push(details) };
  const health = new ProjectHealth({ check, clock, log, times: { ...HEALTH_TIMES, patienceMs } });
  onTestFinished(async () => {
    await health.stop();
    expect(failures).toEqual([]);
  });
  return { clock, health };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("a health check", () => {
  it.each([
    [200, true],
    [204, true],
    [304, true],
    [399, true],
    [400, false],
    [401, false],
    [404, false],
    [500, false],
    [503, false],
  ])("status %i means reachable: %s", async (status, isReachable) => {
    const server = await startMisbehavingServer(() => ({ status }));
    const verdict = await createHealthCheck()(`${server.origin}/health?deep=1`, forever);
    expect(verdict).toEqual({ isReachable, message: `Answered with status ${status}.` });
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /health?deep=1"]);
  });

  it("a redirect is an answer, and is not followed", async () => {
    const server = await startMisbehavingServer("redirect");
    expect(await createHealthCheck()(server.origin, forever)).toEqual({
      isReachable: true,
      message: "Answered with status 302.",
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each(["hang", "slow-headers"] as const)(
    "a server that does not come to the point (%s) is given up at the deadline",
    async (fault) => {
      const server = await startMisbehavingServer(fault);
      const begun = performance.now();
      const verdict = await createHealthCheck({ deadlineMs: 300 })(server.origin, forever);
      expect(verdict).toEqual({
        isReachable: false,
        message: expect.stringMatching(/No answer within 0\.3 s|gave no answer in time/),
      });
      expect(performance.now() - begun).toBeLessThan(3_000);
    },
  );

  it.each(["oversized", "trickling-body", "gzip-bomb", "stalled-body"] as const)(
    "a body of whatever kind (%s) is left unread",
    async (fault) => {
      const server = await startMisbehavingServer(fault);
      const verdict = await createHealthCheck()(server.origin, forever);
      expect(verdict).toEqual({ isReachable: true, message: "Answered with status 200." });
    },
  );

  it.each(["reset", "closed", "garbage-status", "half-closed"] as const)(
    "a server that breaks off (%s) is not reachable",
    async (fault) => {
      const server = await startMisbehavingServer(fault);
      expect(await createHealthCheck()(server.origin, forever)).toEqual({
        isReachable: false,
        message: expect.stringMatching(/./),
      });
    },
  );

  it("a port where nobody listens is not reachable", async () => {
    const port = await findRefusingPort();
    expect(await createHealthCheck()(`http://127.0.0.1:${port}/`, forever)).toEqual({
      isReachable: false,
      message: `No server answers at http://127.0.0.1:${port} (connection refused).`,
    });
  });

  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://metadata.google.internal/",
    "http://2852039166/",
  ])("the metadata service %s is never called, whoever names it", async (url) => {
    const { isReachable, message } = await createHealthCheck()(url, forever);
    expect([isReachable, message]).toEqual([false, expect.stringContaining("is an address that Postern never calls")]);
  });

  it("nor is it under another name", async () => {
    const check = createHealthCheck({ lookupHost: async () => ["169.254.169.254"] });
    expect(await check("http://harmless.example/", forever)).toEqual({
      isReachable: false,
      message: "harmless.example is an address that Postern never calls.",
    });
  });
});

describe("what is known of a project's health", () => {
  it("fifty callers at once cause one check", async () => {
    const server = await startMisbehavingServer();
    const { health, clock } = createHealth();
    const all = await Promise.all(Array.from({ length: 50 }, () => health.look(server.origin)));
    const expected = { isReachable: true, message: "Answered with status 200.", checkedAt: clock.now() };
    expect(all).toEqual(Array.from({ length: 50 }, () => expected));
    expect(server.requests).toHaveLength(1);
  });

  it("within 30 seconds nobody is asked again; after them the old answer comes at once and the new one soon", async () => {
    const server = await startMisbehavingServer();
    const { health, clock } = createHealth();
    const look = async () => (await health.look(server.origin))?.isReachable;
    const first = await look();
    server.behave(() => ({ status: 503 }));
    clock.advance(29_000);
    const fresh = await look();
    const askedWhileFresh = server.requests.length;
    clock.advance(2_000);
    const stale = await look();
    await until(async () => (await look()) === false);
    server.behave(() => ({ status: 200 }));
    clock.advance(31_000);
    const staleAgain = await look();
    await until(async () => (await look()) === true);
    expect([first, fresh, stale, staleAgain, askedWhileFresh, server.requests.length]).toEqual([true, true, true, false, 1, 3]);
  });

  it("an answer from long ago is not passed off as today's", async () => {
    const server = await startMisbehavingServer();
    const { health, clock } = createHealth();
    await health.look(server.origin);
    await server.close();
    clock.advance(HEALTH_TIMES.usableMs);
    expect((await health.look(server.origin))?.isReachable).toBe(false);
  });

  it("nothing is said of a server that hangs until its check has ended", async () => {
    const server = await startMisbehavingServer("hang");
    const { health } = createHealth({ patienceMs: 50 });
    expect(await health.look(server.origin)).toBeNull();
    await until(async () => (await health.look(server.origin)) !== null);
    expect(await health.look(server.origin)).toMatchObject({ isReachable: false, message: "No answer within 0.4 s." });
    expect(server.requests).toHaveLength(1);
  });

  it("many servers that hang keep nobody longer than one does, and are asked eight at a time", async () => {
    const server = await startMisbehavingServer("hang");
    const { health } = createHealth({ patienceMs: 100, deadlineMs: 600_000 });
    const all = await Promise.all(Array.from({ length: 40 }, (_, index) => health.look(`${server.origin}/${index}`)));
    expect(all.every((each) => each === null)).toBe(true);
    await until(() => server.requests.length >= 8);
    await sleep(100);
    expect(server.requests).toHaveLength(8);
  });

  it("stopping ends the checks under way at once, and begins none", async () => {
    const server = await startMisbehavingServer("hang");
    const { health } = createHealth({ patienceMs: 50, deadlineMs: 60_000 });
    await Promise.all(Array.from({ length: 20 }, (_, index) => health.look(`${server.origin}/${index}`)));
    await health.stop();
    expect([await health.look(`${server.origin}/later`), server.requests.length]).toEqual([null, 8]);
  });
});
