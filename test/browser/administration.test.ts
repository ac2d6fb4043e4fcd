import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Login } from "../api/documents.ts";
import { ageSessions, type Dashboard, openDashboard, signInAsAdministrator } from "../support/dashboard.ts";
import { ADMIN_PASSWORD } from "../support/gateway.ts";

async function open({ page, look }: Dashboard, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name }).click();
  await look(name);
}

/** The texts of the page's progress bar, each once, in the order in which it showed them. */
async function watchBar(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      const text = document.querySelector('[role="progressbar"]')?.getAttribute("aria-valuetext") ?? "";
      if (text !== "" && seen.at(-1) !== text) seen.push(text);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  return () => page.evaluate(() => (window as unknown as { seen: string[] }).seen);
}

async function createUser({ page, look }: Dashboard): Promise<void> {
  await page.getByRole("button", { name: "Create user" }).click();
  const form = page.getByRole("dialog", { name: "Create user" });
  // A form opens with its first field.
  await form.locator("input:focus").waitFor();
  await page.keyboard.type("grace");
  expect(await form.getByLabel("User name").inputValue()).toBe("grace");
  await look("Users");
  await form.getByRole("button", { name: "Create user" }).click();
  const made = page.getByRole("dialog", { name: "grace is created" });
  expect((await made.locator("code").textContent())?.length).toBeGreaterThan(20);
  await made.getByRole("button", { name: "Done" }).click();
  await page.getByLabel("Search user names").fill("grac");
  await page.getByText("1–1 of 1").waitFor();
  await page.getByRole("button", { name: "Actions for grace" }).click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await page.getByText("disabled", { exact: true }).waitFor();
}

async function makeAndRevokeToken({ page, look }: Dashboard): Promise<void> {
  await page.getByRole("button", { name: "Create token" }).click();
  const form = page.getByRole("dialog", { name: "Create token" });
  await form.getByLabel("Name").fill("nightly sync");
  await form.getByRole("button", { name: "Create token" }).click();
  await form.getByText("Choose at least one.").waitFor();
  await form.getByLabel("Start and cancel syncs").check();
  await form.getByLabel("Odoo").check();
  await look("Service tokens");
  await form.getByRole("button", { name: "Create token" }).click();
  const made = page.getByRole("dialog", { name: "nightly sync is ready" });
  await made.locator("code").waitFor();
  await made.getByRole("button", { name: "Done" }).click();
  await page.getByText("Connectors: odoo").waitFor();
  await page.getByRole("button", { name: "Revoke nightly sync" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("revoked", { exact: true }).waitFor();
}

it("an administrator's day: look at health and charts, create and disable a user, make and revoke a token, rotate the keys, see the system", async () => {
  const dashboard = await openDashboard();
  const { page, complaints, foreign, faults, look } = dashboard;
  await signInAsAdministrator(dashboard);
  await page.getByRole("link", { name: "Administration" }).click();
  await page.locator("summary", { hasText: "Sign-ins" }).click();
  await page.getByRole("table", { name: "Sign-ins as a table" }).waitFor();
  await look("Administration");

  await open(dashboard, "Users");
  await createUser(dashboard);
  await open(dashboard, "Service tokens");
  await makeAndRevokeToken(dashboard);

  await open(dashboard, "Keys");
  const shown = await watchBar(page);
  await page.getByRole("button", { name: "Rotate" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Rotate" }).click();
  await page.getByText("All records are sealed with the newest key.").waitFor();
  expect(await shown()).toEqual(expect.arrayContaining([expect.stringMatching(/^0 of \d+ records$/)]));
  expect(await page.getByText("seals what is new").count()).toBe(1);
  await look("Keys");

  await open(dashboard, "System");
  await page.getByText("Users without a credential of their own are served by a system default.").waitFor();
  await look("System");
  expect({ complaints, foreign, faults }).toEqual({ complaints: [], foreign: [], faults: [] });
}, 240_000);

/** Chooses what to do to a user from the menu of their row. */
async function actOn({ page }: Dashboard, username: string, act: string): Promise<void> {
  await page.getByRole("button", { name: `Actions for ${username}` }).click();
  await page.getByRole("menuitem", { name: act, exact: true }).click();
}

async function addProject(dashboard: Dashboard): Promise<void> {
  const { page, look } = dashboard;
  await open(dashboard, "Projects");
  await page.getByRole("button", { name: "Add project" }).click();
  const form = page.getByRole("dialog", { name: "Add a project" });
  await form.getByLabel("Name", { exact: true }).fill("Order desk");
  await form.getByLabel("Address to open").fill("ftp://orders.example.test");
  await form.getByLabel("Odoo", { exact: true }).check();
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText("This must be an http or https URL.").waitFor();
  await look("Projects");
  await form.getByLabel("Address to open").fill("https://orders.example.test/{username}");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name: /^Order desk order-desk/ }).waitFor();
  await actOn(dashboard, "Order desk", "Archive");
  await page.getByText("archived", { exact: true }).waitFor();
  await look("Projects");
}

it("an administrator changes a role, resets a password, deletes a user once they said who they are, and adds a default for everybody and a project", async () => {
  const dashboard = await openDashboard();
  const { page, gateway, complaints, faults, look } = dashboard;
  await gateway.signUp("grace");
  await signInAsAdministrator(dashboard);
  await page.getByRole("link", { name: "Administration" }).click();
  await open(dashboard, "Users");
  const row = page.getByRole("row", { name: /^grace/ });
  await actOn(dashboard, "grace", "Make administrator");
  await row.getByText("Administrator", { exact: true }).waitFor();
  await actOn(dashboard, "grace", "Make ordinary user");
  await row.getByText("User", { exact: true }).waitFor();

  await actOn(dashboard, "grace", "Reset password");
  await page.getByRole("alertdialog").getByRole("button", { name: "Reset password" }).click();
  const made = page.getByRole("dialog", { name: "New password of grace" });
  const password = (await made.locator("code").textContent()) ?? "";
  await look("Users");
  await made.getByRole("button", { name: "Done" }).click();
  const signedIn = await gateway.execute(Login, { input: { username: "grace", password } });
  expect(signedIn.data?.login?.accessToken).toEqual(expect.any(String));

  await ageSessions(dashboard);
  await actOn(dashboard, "grace", "Delete");
  const question = page.getByRole("alertdialog", { name: "Delete grace?" });
  await question.getByLabel("Type “grace” to delete this user").fill("grace");
  await question.getByRole("button", { name: "Delete" }).click();
  const confirmation = page.getByRole("alertdialog", { name: "Is it you?" });
  await confirmation.getByLabel("Password", { exact: true }).fill(ADMIN_PASSWORD);
  await look("Users");
  await confirmation.getByRole("button", { name: "Confirm" }).click();
  await row.waitFor({ state: "detached" });
  // The button that the dialog gave the focus back to has gone with its row.
  await page.waitForFunction(() => document.activeElement?.matches(":has(> table)"));

  await open(dashboard, "System");
  await page.getByRole("link", { name: "Add system default" }).click();
  await page.getByRole("link", { name: "Application login" }).click();
  await page.getByLabel("E-mail").fill("everybody@example.test");
  await page.getByLabel("Password", { exact: true }).fill("a password for everybody");
  await page.getByRole("button", { name: "Test and save" }).click();
  await look("Application login · default");
  await page.getByRole("link", { name: "Administration" }).click();
  await open(dashboard, "System");
  await page.getByRole("table", { name: "System defaults" }).getByRole("link", { name: "Application login · default" }).waitFor();
  await addProject(dashboard);
  const unexpected = complaints.filter((complaint) => !complaint.includes("403"));
  expect({ unexpected, faults }).toEqual({ unexpected: [], faults: [] });
});
