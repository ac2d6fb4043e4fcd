import { readFileSync } from "node:fs";
import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import { openDashboard, saveOdoo, signUp, tokenOf } from "../support/dashboard.ts";
import { ADMIN_PASSWORD } from "../support/gateway.ts";
import { startOdooForTest } from "../support/odoo-connector.ts";

const SLOW_DOWN = { errors: [{ message: "Too many.", extensions: { code: "RATE_LIMITED", retryAfterSeconds: 1 } }] };
const DELETE = "mutation ($id: ID!) { deleteCredential(input: { id: $id }) { deletedId } }";
const REVEAL = "mutation ($id: ID!) { revealCredential(input: { credential: { id: $id } }) { fields { name } } }";

it("a sync shows its bar moving and what came of it, its rows are searched and paged, and exported with no cell a formula", async () => {
  const odoo = await startOdooForTest({ partners: 2_500 });
  const dashboard = await openDashboard();
  const { page, look, faults, complaints, foreign } = dashboard;
  await signUp(dashboard, "ada");
  await page.getByRole("link", { name: "Sync" }).click();
  await page.getByRole("link", { name: "Add Odoo credential" }).waitFor();
  await look("Sync");
  await saveOdoo(dashboard, await tokenOf(dashboard, "ada"), odoo.url);
  await page.reload();

  odoo.breakWith({ kind: "slow", delayMs: 700, only: "search_read" });
  await page.getByRole("button", { name: "Sync contacts" }).click();
  const bar = page.getByRole("progressbar", { name: "Contacts from production" });
  const first = await barAbove(bar, 0);
  const second = await barAbove(bar, first);
  await look("Sync");
  odoo.heal();
  await page.getByText("2,500 new").waitFor();
  await bar.waitFor({ state: "detached" });
  expect(second).toBeGreaterThan(first);

  await page.getByRole("link", { name: "Contacts", exact: true }).click();
  await page.getByText("1–50 of 2,500").waitFor();
  await look("Contacts");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("51–100 of 2,500").waitFor();
  await page.getByLabel("Sort").selectOption("Name, Z to A");
  await page.getByText("1–50 of 2,500").waitFor();
  const names = async () => page.locator("tbody td:first-child").allTextContents();
  const isFalling = (texts: readonly string[]) => texts.every((text, place) => place === 0 || text <= (texts[place - 1] ?? ""));
  await expect.poll(async () => isFalling(await names())).toBe(true);
  await page.getByLabel("Search contacts").fill("garcia 2500");
  await page.getByText("1–1 of 1").waitFor();
  expect(await page.locator("tbody tr").count()).toBe(1);
  await page.getByLabel("Search contacts").fill("");
  await page.getByText("1–50 of 2,500").waitFor();

  // A gateway that asks to slow down at the first page is asked again, and no empty file is called the whole.
  let slowedDown = 0;
  await page.route("**/graphql", (route) => {
    const isExport = route.request().postData()?.includes("ContactsToExport") === true;
    if (!isExport || slowedDown > 0) return route.continue();
    slowedDown += 1;
    return route.fulfill({ json: SLOW_DOWN });
  });
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const lines = readFileSync(await (await download).path(), "utf8")
    .trimEnd()
    .split("\r\n");
  expect({ count: lines.length, phones: lines.filter((line) => line.includes(",+34")).length, slowedDown }).toEqual({
    count: 2_501,
    phones: 0,
    slowedDown: 1,
  });
  await page.getByRole("link", { name: "Products", exact: true }).click();
  await page.getByText("No products yet").waitFor();
  await look("Products");
  expect({ faults, complaints, foreign }).toEqual({ faults: [], complaints: [], foreign: [] });
});

/** Waits until the bar stands at more than a share of a hundred, and says at which. */
async function barAbove(bar: Locator, share: number): Promise<number> {
  await expect.poll(async () => Number(await bar.getAttribute("aria-valuenow")), { timeout: 30_000 }).toBeGreaterThan(share);
  return Number(await bar.getAttribute("aria-valuenow"));
}

it("a sync whose stream is broken shows how far it is by asking, and ends when it is cancelled", async () => {
  const odoo = await startOdooForTest({ partners: 10_000 });
  const dashboard = await openDashboard();
  const { page, look, faults, complaints } = dashboard;
  await signUp(dashboard, "ada");
  const id = await saveOdoo(dashboard, await tokenOf(dashboard, "ada"), odoo.url);
  await page.route("**/graphql/stream", (route) => route.abort());
  odoo.breakWith({ kind: "slow", delayMs: 2_000, only: "search_read" });
  await page.getByRole("link", { name: "Sync" }).click();
  await page.getByRole("button", { name: "Sync contacts" }).click();
  const bar = page.getByRole("progressbar", { name: "Contacts from production" });
  await barAbove(bar, await barAbove(bar, 0));
  await page.getByText("The live view broke").waitFor();
  await look("Sync");
  await page.getByRole("button", { name: "Cancel the sync of Contacts from production" }).click();
  await bar.waitFor({ state: "detached" });
  await page.getByRole("table").getByText("Cancelled").waitFor();

  // A run that goes with its credential leaves no bar behind.
  await page.getByRole("button", { name: "Sync contacts" }).click();
  await bar.waitFor();
  await dashboard.gateway.query(DELETE, { id }, await tokenOf(dashboard, "ada"));
  await bar.waitFor({ state: "detached" });
  const unexpected = complaints.filter((complaint) => !complaint.includes("ERR_FAILED"));
  expect({ faults, unexpected }).toEqual({ faults: [], unexpected: [] });
});

it("activity tells people in sentences what happened to their things, and administrators whether the trail is whole", async () => {
  const dashboard = await openDashboard();
  const { page, gateway, look, faults, complaints } = dashboard;
  await signUp(dashboard, "ada");
  const token = await tokenOf(dashboard, "ada");
  const id = await saveOdoo(dashboard, token, "http://127.0.0.1:1");
  await gateway.query(REVEAL, { id }, token);
  await page.getByRole("link", { name: "Activity" }).click();
  await page.getByText("You revealed the secret of Odoo “production”.").waitFor();
  await look("Activity");
  await page.getByLabel("Kind").selectOption("Projects");
  await page.getByText("Nothing of this kind happened in this time.").waitFor();
  expect(await page.getByRole("button", { name: "Verify now" }).count()).toBe(0);
  await page.getByRole("link", { name: "Credentials" }).click();
  await page.getByRole("link", { name: "production" }).click();
  await page.getByRole("link", { name: "Activity of production" }).click();
  await page.getByText("You revealed the secret of Odoo “production”.").waitFor();
  expect(await page.getByText("You signed in.").count()).toBe(0);
  await page.getByRole("button", { name: "Only Odoo “production”" }).click();
  await page.getByText("You signed in.").first().waitFor();

  await page.getByRole("button", { name: "Account of ada" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(ADMIN_PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Activity" }).click();
  await page.getByText("ada revealed the secret of a credential for odoo.").waitFor();
  await page.getByRole("button", { name: "Verify now" }).click();
  await page.getByText("The trail is whole").waitFor();
  await look("Activity");
  await page.getByRole("link", { name: "Administration" }).click();
  await page.getByRole("link", { name: "Users", exact: true }).click();
  await page.getByRole("button", { name: "Actions for ada" }).click();
  await page.getByRole("menuitem", { name: "Activity" }).click();
  await page.getByRole("button", { name: "Only by ada" }).waitFor();
  await page.getByText("ada revealed the secret of a credential for odoo.").waitFor();
  expect(await page.getByText(/^You /).count()).toBe(0);
  expect({ faults, complaints }).toEqual({ faults: [], complaints: [] });
});
