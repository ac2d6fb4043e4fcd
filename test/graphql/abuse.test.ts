import { expect, it } from "vitest";
import { sendAbuse } from "../support/abuse.ts";
import { startGateway } from "../support/gateway.ts";
import { ABUSE_CASES, MEDIA_TYPE_CASES } from "./abuse-cases.ts";

/** Far above what a refusal takes, so that a busy machine fails nobody; `npm run faults` measures it. */
const LONGEST_MS = 5_000;

it("every abuse is refused with one short error that repeats little, before anything is executed", async () => {
  const gateway = await startGateway();
  const { token } = await gateway.signUp("ada");
  const found: string[] = [];
  for (const abuse of [...ABUSE_CASES, ...MEDIA_TYPE_CASES]) {
    const { faults, milliseconds } = await sendAbuse(gateway.url, abuse, token);
    if (faults.length > 0) found.push(`${abuse.name}: ${faults.join(", ")}`);
    if (milliseconds > LONGEST_MS) found.push(`${abuse.name}: ${Math.round(milliseconds)} ms`);
  }
  expect(found).toEqual([]);
  expect(ABUSE_CASES.length).toBeGreaterThanOrEqual(127);
  const { data } = await gateway.query("{ me { username } }", {}, token);
  expect(data).toEqual({ me: { username: "ada" } });
  expect(gateway.log()).not.toMatch(/"level":"error"|x{65}|\\n\{/);
});
