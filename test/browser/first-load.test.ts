import { expect, it } from "vitest";
import { openDashboard, signUp } from "../support/dashboard.ts";

/** Bytes of script, compressed, that a person downloads until the portal stands. */
const MOST_BYTES = 250_000;

it("the way to the portal loads less than 250 kB of script, compressed as the browser takes it and kept for good", async () => {
  const dashboard = await openDashboard();
  const { page, gateway } = dashboard;
  await signUp(dashboard, "ada");
  const scripts = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.endsWith(".js"))
      .map((entry) => ({ url: entry.name, bytes: (entry as PerformanceResourceTiming).encodedBodySize })),
  );
  const bytes = scripts.reduce((sum, script) => sum + script.bytes, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(MOST_BYTES);

  const [script] = [...scripts].sort((left, right) => right.bytes - left.bytes);
  const sent = async (encoding: string) => {
    const { headers } = await fetch(script?.url ?? gateway.url, { headers: { "accept-encoding": encoding } });
    return [headers.get("content-encoding"), headers.get("cache-control"), headers.get("vary")?.toLowerCase()];
  };
  const kept = "public, max-age=31536000, immutable";
  expect(await Promise.all(["br, gzip", "gzip", "identity"].map(sent))).toEqual([
    ["br", kept, "accept-encoding"],
    ["gzip", kept, "accept-encoding"],
    [null, kept, "accept-encoding"],
  ]);
});
