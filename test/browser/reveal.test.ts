import { expect, it } from "vitest";
import { ageSessions, openDashboard, signUp, tokenOf } from "../support/dashboard.ts";
import { USER_PASSWORD } from "../support/gateway.ts";

const OTHER = "another password that nobody knows";
const SAVE = `mutation ($fields: [CredentialFieldInput!]!) {
  saveCredential(input: { connector: "app-login", label: "other", test: false, fields: $fields }) { credential { id } }
}`;
const SECRET = "a password that nobody else knows";

it("a reveal asks for the password when it was given long ago, and the secret is in no storage, address or field, and hides itself", async () => {
  const dashboard = await openDashboard();
  const { page, complaints, faults, look } = dashboard;
  await signUp(dashboard, "ada");
  await page.getByRole("link", { name: "Credentials" }).click();
  await page.getByRole("link", { name: "Add credential" }).first().click();
  await page.getByRole("link", { name: "Application login" }).click();
  await page.getByLabel("E-mail").fill("ada@example.test");
  const secretField = page.getByLabel("Password", { exact: true });
  expect(await secretField.getAttribute("autocomplete")).toBe("new-password");
  await secretField.fill(SECRET);
  await page.getByRole("button", { name: "Test and save" }).click();
  await page.getByRole("heading", { level: 1, name: "Application login · default" }).waitFor();
  // No system was there to try it at, and so it is not said to work.
  await page.getByText("Complete, and not tried").waitFor();
  expect(await page.getByText("Works", { exact: true }).count()).toBe(0);

  await ageSessions(dashboard);
  await page.getByRole("button", { name: "Reveal" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Is it you?" });
  await dialog.getByLabel("Password", { exact: true }).fill(USER_PASSWORD);
  await look("Application login · default");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await page.getByText(SECRET).waitFor();
  await look("Application login · default");

  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state]),
  );
  const typed = await page.evaluate(() => [...document.querySelectorAll("input")].map(({ value }) => value).join());
  expect([kept.includes(SECRET), typed.includes(SECRET)]).toEqual([false, false]);
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByRole("heading", { level: 1, name: "Edit Application login “default”" }).waitFor();
  expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe("");
  await page.goBack();
  await page.getByRole("button", { name: "Reveal" }).waitFor();
  expect(await page.getByText(SECRET).count()).toBe(0);

  // What was revealed of one is not shown on another's page, however one comes there.
  const token = await tokenOf(dashboard, "ada");
  await dashboard.gateway.query(
    SAVE,
    {
      fields: [
        { name: "email", value: "b@example.test" },
        { name: "password", value: OTHER },
      ],
    },
    token,
  );
  await page.getByRole("link", { name: "Credentials", exact: true }).first().click();
  await page.getByRole("link", { name: "other" }).click();
  await page.getByRole("button", { name: "Reveal" }).click();
  await page.getByText(OTHER).waitFor();
  await page.evaluate(() => history.go(-2));
  await page.getByRole("heading", { level: 1, name: "Application login · default" }).waitFor();
  expect(await page.getByText(OTHER).count()).toBe(0);

  // Who would type a second one in its place is led to the first.
  await page.goto(`${dashboard.gateway.url}/credentials/new?connector=app-login`);
  await page.getByRole("link", { name: "Edit that one" }).click();
  await page.getByRole("heading", { level: 1, name: "Edit Application login “default”" }).waitFor();
  const unexpected = complaints.filter((complaint) => !complaint.includes("403"));
  expect({ unexpected, faults }).toEqual({ unexpected: [], faults: [] });
});
