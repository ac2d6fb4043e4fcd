import { expect, test } from "vitest";
import { createCircuitBreaker } from "../../src/upstream/circuit-breaker.ts";
import { ConnectionError, type ConnectionErrorCode } from "../../src/upstream/connection-error.ts";

const never = new AbortController().signal;
const failing = (code: ConnectionErrorCode) => async () => {
  throw new ConnectionError(code, "CONNECT", "failed");
};

/** A breaker that opens at the third failure, on a clock of the test's own, and what has been let through to connect. */
function startBreaker() {
  let now = 0;
  let connects = 0;
  const breaker = createCircuitBreaker({ failures: 3, longestRestMs: 4_000 }, () => now);
  const attempt = async (connect: () => Promise<string>, { place = "a:1", signal = never } = {}) => {
    const counted = () => {
      connects += 1;
      return connect();
    };
    return breaker.run(place, counted, signal).catch((error: ConnectionError) => error.retryAfterSeconds ?? error.code);
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { attempt, pass, connects: () => connects };
}

test("a host that fails again and again rests, longer each time, and a success ends it", async () => {
  const { attempt, pass, connects } = startBreaker();
  const fail = () => attempt(failing("UNREACHABLE"));
  expect([await fail(), await fail(), await fail(), await fail()]).toEqual(["UNREACHABLE", "UNREACHABLE", "UNREACHABLE", 1]);
  const rests: unknown[] = [];
  for (const ms of [1_000, 2_000, 4_000, 4_000]) {
    pass(ms);
    rests.push(await attempt(failing("TIMEOUT")), await fail());
  }
  expect(rests).toEqual(["TIMEOUT", 2, "TIMEOUT", 4, "TIMEOUT", 4, "TIMEOUT", 4]);
  pass(4_000);
  expect(await attempt(async () => "there")).toBe("there");
  expect(await fail()).toBe("UNREACHABLE");
  expect(connects()).toBe(9);
});

test("one request at a time tries a host whose rest is over", async () => {
  const { attempt, pass, connects } = startBreaker();
  for (let index = 0; index < 3; index += 1) await attempt(failing("UNREACHABLE"));
  pass(1_000);
  let answer = (_: string) => {};
  const answered = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const probe = attempt(() => answered);
  expect(await Promise.all([attempt(async () => "x"), attempt(async () => "x")])).toEqual([1, 1]);
  answer("there");
  expect(await probe).toBe("there");
  expect(await attempt(async () => "again")).toBe("again");
  expect(connects()).toBe(5);
});

test("neither a blocked address, a caller who stops, nor another host's failures count", async () => {
  const { attempt } = startBreaker();
  const stopped = AbortSignal.abort();
  for (let index = 0; index < 5; index += 1) {
    await attempt(failing("BLOCKED_ADDRESS"));
    await attempt(failing("TIMEOUT"), { signal: stopped });
    await attempt(failing("UNREACHABLE"), { place: "b:1" });
  }
  expect([await attempt(async () => "there"), await attempt(async () => "there", { place: "b:1" })]).toEqual(["there", 1]);
});
