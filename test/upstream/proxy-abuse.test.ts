import { expect, test } from "vitest";
import { startGateway } from "../support/gateway.ts";
import { runProxyAbuse } from "../support/proxy-abuse.ts";

test("no abuse of a call passes a credential, header, path, method or framing of the caller's on, or a secret back", {
  timeout: 120_000,
}, async () => {
  const gateway = await startGateway();
  const { token } = await gateway.signUp("ada");
  const { cases, failures, tokensSeen } = await runProxyAbuse({ url: gateway.url, token });
  expect({ failures, tokensSeen }).toEqual({ failures: [], tokensSeen: 0 });
  expect(cases).toBeGreaterThanOrEqual(124);
});
