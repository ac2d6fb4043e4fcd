import { afterEach, describe, expect, it, vi } from "vitest";
import { startEdge } from "../support/edge.ts";
import { createEdgeSchema } from "../support/edge-schema.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** A schema whose slow fields never answer, and what they saw of their signal. */
function createSlowSchema() {
  const seen: { begun(): void; signal?: AbortSignal } = { begun: () => {} };
  const begun = new Promise<void>((resolve) => {
    seen.begun = resolve;
  });
  const never = (_source: unknown, _args: unknown, { signal }: { signal: AbortSignal }) => {
    seen.signal = signal;
    seen.begun();
    return new Promise<string>(() => {});
  };
  return { seen, begun, schema: createEdgeSchema({ Query: { wait: never }, Mutation: { syncContactsFromOdoo: never } }) };
}

describe("the deadline of an operation", () => {
  it("answers after ten seconds whatever the resolver does, and tells the resolver to stop", async () => {
    const { seen, begun, schema } = createSlowSchema();
    const edge = await startEdge(schema);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const answer = edge.post({ query: "{ wait }" });
    await begun;
    await vi.advanceTimersByTimeAsync(9_999);
    expect(seen.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    const { status, body } = await answer;
    expect([status, body, seen.signal?.aborted]).toEqual([
      504,
      { errors: [{ message: "This took longer than 10 s and was stopped.", extensions: { code: "DEADLINE_EXCEEDED" } }] },
      true,
    ]);
  });

  it("gives a sync that answers at its end a quarter of an hour", async () => {
    const { seen, begun, schema } = createSlowSchema();
    const edge = await startEdge(schema);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const answer = edge.post({ query: "mutation { syncContactsFromOdoo }" });
    await begun;
    await vi.advanceTimersByTimeAsync(14 * 60_000);
    expect(seen.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    const { status, body } = await answer;
    const message = "This took longer than 900 s and was stopped; look whether it was done before you repeat it.";
    expect([status, body]).toEqual([504, { errors: [{ message, extensions: { code: "DEADLINE_EXCEEDED" } }] }]);
  });
});
