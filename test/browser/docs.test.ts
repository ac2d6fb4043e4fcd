import { expect, it } from "vitest";
import { BUILT_PAGES, openPage } from "../support/browser.ts";
import { startGateway } from "../support/gateway.ts";

it("the page of the REST routes lists them all and tries one with a token, under the strict policy", async () => {
  const gateway = await startGateway({}, undefined, { publicDir: BUILT_PAGES });
  const { token } = await gateway.signUp("john_doe");
  const { page, complaints, foreign } = await openPage(`${gateway.url}/docs`);
  const described = (await (await fetch(`${gateway.url}/openapi.json`)).json()) as { paths: Record<string, object> };
  await page.waitForSelector("#getProtected");
  const operations = Object.values(described.paths).flatMap((methods) => Object.keys(methods));
  expect(await page.locator("details").count()).toBe(operations.length);

  await page.fill("#token", token);
  await page.click("#getProtected summary");
  await page.click("#getProtected button");
  await page.waitForFunction(() => document.querySelector("#getProtected pre")?.textContent?.startsWith("200"));
  expect(await page.textContent("#getProtected pre")).toContain("Hello john_doe, this is a protected route");

  await page.click("#deleteApiKeysModelName summary");
  await page.fill("#deleteApiKeysModelName input", "<img src=x onerror=alert(1)>/?#");
  await page.click("#deleteApiKeysModelName button");
  await page.waitForFunction(() => document.querySelector("#deleteApiKeysModelName pre")?.textContent?.startsWith("404"));
  expect(await page.textContent("#deleteApiKeysModelName pre")).toContain("No API key for <img src=x onerror=alert(1)>/?#");
  const unexpected = complaints.filter((complaint) => !complaint.includes("404"));
  expect({ unexpected, foreign }).toEqual({ unexpected: [], foreign: [] });
});
