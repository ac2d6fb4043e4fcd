import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { Login } from "../api/documents.ts";
import { openDashboard, signUp } from "../support/dashboard.ts";
import { USER_PASSWORD } from "../support/gateway.ts";
import { startOdooForTest } from "../support/odoo-connector.ts";
import { saveProject } from "../support/projects.ts";

it("a new user registers, adds an Odoo login by a wrong and then the right password, and launches a project with it", async () => {
  const odoo = await startOdooForTest({ partners: 5 });
  const dashboard = await openDashboard();
  const { page, gateway, look, faults, complaints, foreign } = dashboard;
  const administrator = await gateway.signInAdministrator();
  const project = {
    slug: "orders",
    name: "Orders",
    description: "What was ordered.",
    launchUrl: `${gateway.url}/docs?user={username}`,
    requiredConnectors: [{ connector: "odoo" }],
  };
  await saveProject(gateway, administrator, project);

  await look("Sign in");
  await signUp(dashboard, "ada");
  await look("Portal");
  await page.getByRole("link", { name: "Add Odoo" }).click();

  await look("Add Odoo");
  await page.getByLabel("Odoo URL").fill(odoo.url);
  await page.getByLabel("Database").fill("odoo_db");
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password or API key", { exact: true }).fill("not it");
  await page.getByRole("button", { name: "Test and save" }).click();
  await page.getByText("It stopped at “Sign in”").waitFor();
  await look("Add Odoo");
  const signedIn = await gateway.execute(Login, { input: { username: "ada", password: USER_PASSWORD } });
  const stored = (await gateway.query("{ credentials { totalCount } }", {}, signedIn.data?.login?.accessToken ?? "")).data;
  expect({ stored, attempts: odoo.countOf("authenticate") }).toEqual({ stored: { credentials: { totalCount: 0 } }, attempts: 1 });

  // What was typed is still there.
  expect(await page.getByLabel("Database").inputValue()).toBe("odoo_db");
  expect(await page.getByLabel("Project").inputValue()).toBe("orders");
  await page.getByLabel("Password or API key", { exact: true }).fill("admin");
  await page.getByRole("button", { name: "Test and save" }).click();
  await look("Odoo · default");
  await page.getByText("It works", { exact: true }).waitFor();

  await page.getByRole("link", { name: "Portal" }).click();
  await page.getByText("Ready for you").waitFor();
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Launch Orders" }).click();
  expect((await opened).url()).toBe(`${gateway.url}/docs?user=ada`);
  expect({ faults, complaints, foreign }).toEqual({ faults: [], complaints: [], foreign: [] });
});

/** Goes on by Tab until the focus is on what begins with the name, where it has to be seen. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      if (element === null) return { name: "", isSeen: false };
      const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent ?? "";
      return { name: name.trim(), isSeen: getComputedStyle(element).boxShadow !== "none" };
    });
    if (!focused.name.startsWith(name)) continue;
    expect(focused).toEqual({ name: focused.name, isSeen: true });
    return;
  }
  throw new Error(`Tab never comes to ${name}`);
}

it("the keyboard alone suffices to register, keep a login, reveal it and sign out, and where it is can be seen", async () => {
  const dashboard = await openDashboard();
  const { page, complaints } = dashboard;
  const { keyboard } = page;
  const fill = async (name: string, text: string) => {
    await tabTo(page, name);
    await keyboard.type(text);
  };
  const follow = async (name: string, heading: string) => {
    await tabTo(page, name);
    await keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  };
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  await follow("Create one", "Create your account");
  await fill("User name", "ada");
  await fill("Password", USER_PASSWORD);
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Portal" }).waitFor();
  await follow("Credentials", "Credentials");
  await follow("Add credential", "Add a credential");
  await follow("Application login", "Add Application login");
  await fill("E-mail", "ada@example.test");
  await fill("Password", "a password of the application");
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Application login · default" }).waitFor();
  await tabTo(page, "Reveal");
  await keyboard.press("Space");
  await page.getByText("a password of the application").waitFor();
  await tabTo(page, "Account of ada");
  await keyboard.press("Enter");
  const signOut = page.getByRole("menuitem", { name: "Sign out" });
  await signOut.waitFor();
  for (let presses = 0; presses < 10 && !(await signOut.evaluate((item) => item === document.activeElement)); presses += 1)
    await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  expect(complaints).toEqual([]);
});
