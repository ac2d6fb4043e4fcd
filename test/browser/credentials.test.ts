import { expect, it } from "vitest";
import { openDashboard, saveOdoo, signUp, tokenOf } from "../support/dashboard.ts";
import { startOdooForTest } from "../support/odoo-connector.ts";

it("an older version comes back once its test passes or one does without, a wrong value is told as one leaves its field, and a new or renamed one goes over none there is", async () => {
  const odoo = await startOdooForTest({ partners: 5 });
  const dashboard = await openDashboard();
  const { page, gateway, look, faults, complaints, foreign } = dashboard;
  await signUp(dashboard, "ada");
  const token = await tokenOf(dashboard, "ada");
  const id = await saveOdoo(dashboard, token, odoo.url);
  await saveOdoo(dashboard, token, odoo.url, { password: "a password that Odoo refuses" });
  await page.goto(`${gateway.url}/credentials/${id}`);

  await page.getByRole("button", { name: "Restore version 1" }).click();
  await look("Odoo · production");
  await page.getByRole("alertdialog").getByRole("button", { name: "Test and restore" }).click();
  await page.getByText("Version 1 is back, as version 3.").waitFor();
  await page.getByText("It works", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Restore version 2" }).click();
  const question = page.getByRole("alertdialog", { name: "Restore version 2?" });
  await question.getByRole("button", { name: "Test and restore" }).click();
  await question.getByText("It stopped at “Sign in”.").waitFor();
  await question.getByLabel("Without a test").check();
  await question.getByRole("button", { name: "Restore untested" }).click();
  await page.getByText("Not tested yet.").waitFor();
  expect(odoo.countOf("authenticate")).toBe(2);

  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Odoo URL").fill("odoo.example");
  await page.getByLabel("Database").focus();
  await page.getByRole("alert").getByText("Begins with https:// or http://.").waitFor();
  await look("Edit Odoo");
  await page.getByLabel("Odoo URL").fill(odoo.url);
  expect(await page.getByRole("alert").count()).toBe(0);

  await page.goto(`${gateway.url}/credentials/new?connector=odoo`);
  await page.getByLabel("Odoo URL").fill(odoo.url);
  await page.getByLabel("Database").fill("odoo_db");
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password or API key", { exact: true }).fill("admin");
  await page.getByLabel("Label").fill("production");
  await page.getByRole("button", { name: "Test and save" }).click();
  await page.getByRole("alert").getByText("There is one with this system, project and label already.").waitFor();

  await saveOdoo(dashboard, token, odoo.url, {}, "test");
  await page.goto(`${gateway.url}/credentials/${id}`);
  await page.getByRole("button", { name: "Rename or move" }).click();
  await page.getByLabel("Label").fill("test");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("There is a credential of that connector, project and label already.").waitFor();
  await page.getByLabel("Label").fill("live");
  await look("Odoo · production");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Odoo · live" }).waitFor();
  expect({ faults, complaints, foreign }).toEqual({ faults: [], complaints: [], foreign: [] });
});
