import { EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { startEdge } from "../support/edge.ts";
import { createEdgeSchema } from "../support/edge-schema.ts";

it("the server closes at once although clients hold connections that they never used, and answers what is under way", async () => {
  const under = new EventEmitter();
  const wait = async () => {
    under.emit("begun");
    return (await once(under, "finish"))[0];
  };
  const edge = await startEdge(createEdgeSchema({ Query: { wait } }));
  const silent = connect(Number(new URL(edge.url).port), "127.0.0.1");
  await once(silent, "connect");
  const begun = once(under, "begun");
  const answer = edge.post({ query: "{ wait }" });
  await begun;
  const startedAt = performance.now();
  const closed = edge.close();
  under.emit("finish", "answered");
  expect((await answer).body).toEqual({ data: { wait: "answered" } });
  await closed;
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  silent.destroy();
});
