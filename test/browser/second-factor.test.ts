import { expect, it } from "vitest";
import { type Dashboard, openDashboard, signUp } from "../support/dashboard.ts";
import { ADMIN_PASSWORD, USER_PASSWORD } from "../support/gateway.ts";
import { appCode } from "../support/totp.ts";

/** Gives the app the secret that the page shows and types its code; gives the secret and the recovery codes. */
async function proveApp({ page, look }: Dashboard, title: string) {
  await page.getByRole("img", { name: "QR code of the secret for your authenticator app" }).waitFor();
  await look(title);
  const secret = ((await page.locator("form code").textContent()) ?? "").replaceAll(" ", "");
  await page.getByLabel("Code", { exact: true }).fill(appCode(secret, new Date(Date.now() - 30_000)));
  await page.getByRole("button", { name: "Turn on" }).last().click();
  const codes = page.getByRole("list", { name: "Recovery codes" });
  await codes.waitFor();
  await look(title);
  const recoveryCodes = await codes.getByRole("listitem").allTextContents();
  await page.getByRole("button", { name: "I have kept them" }).click();
  return { secret, recoveryCodes };
}

async function signOut({ page }: Dashboard, username: string): Promise<void> {
  await page.getByRole("button", { name: `Account of ${username}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
}

async function signIn({ page }: Dashboard, username: string, password: string): Promise<void> {
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

it("a person turns a second factor on, signs in with a code of the app, and turns it off by a recovery code", async () => {
  const dashboard = await openDashboard();
  const { page, gateway, complaints, faults, look } = dashboard;
  await signUp(dashboard, "ada");
  await page.goto(`${gateway.url}/account`);
  await page.getByRole("button", { name: "Turn on" }).click();
  const { secret, recoveryCodes } = await proveApp(dashboard, "Your account");
  await page.getByText("10 recovery codes left").waitFor();
  await look("Your account");

  await signOut(dashboard, "ada");
  await signIn(dashboard, "ada", USER_PASSWORD);
  const code = page.getByLabel("Code", { exact: true });
  await code.fill("000000");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The code is wrong").waitFor();
  await look("Sign in");
  await code.fill(appCode(secret, new Date()));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Your account" }).waitFor();

  await page.getByRole("button", { name: "Turn off" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Turn the second factor off?" });
  await dialog.getByLabel("Password", { exact: true }).fill(USER_PASSWORD);
  await dialog.getByLabel("Code", { exact: true }).fill(recoveryCodes[0] ?? "");
  await look("Your account");
  await dialog.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("button", { name: "Turn on" }).waitFor();
  expect({ complaints, faults }).toEqual({ complaints: [], faults: [] });
});

it("an administrator who must have a second factor sets one up before the pages open", async () => {
  const dashboard = await openDashboard({ SECOND_FACTOR_REQUIRED: "administrators" });
  const { page, complaints, faults, look } = dashboard;
  await signIn(dashboard, "admin", ADMIN_PASSWORD);
  await look("Set up a second factor");
  await page.getByRole("button", { name: "Set up" }).click();
  await proveApp(dashboard, "Set up a second factor");
  await page.getByRole("link", { name: "Administration" }).click();
  await page.getByRole("link", { name: "Users" }).click();
  await look("Users");
  expect({ complaints, faults }).toEqual({ complaints: [], faults: [] });
});

it("a person whose password an administrator made chooses their own before the pages open", async () => {
  const dashboard = await openDashboard();
  const { page, gateway, complaints, faults, look } = dashboard;
  const creating = "mutation ($input: CreateUserInput!) { createUser(input: $input) { password } }";
  const created = await gateway.query(creating, { input: { username: "ada" } }, await gateway.signInAdministrator());
  const { password } = (created.data as { createUser: { password: string } }).createUser;
  await signIn(dashboard, "ada", password);
  await look("Choose your own password");
  await page.getByLabel("Current password", { exact: true }).fill(password);
  await page.getByLabel("New password", { exact: true }).fill(USER_PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByRole("heading", { level: 1, name: "Portal" }).waitFor();
  expect({ complaints, faults }).toEqual({ complaints: [], faults: [] });
});
