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
