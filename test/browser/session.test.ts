import { expect, it } from "vitest";
import { BUILT_PAGES } from "../support/browser.ts";
import { type Dashboard, openDashboard, signInAsAdministrator, signUp } from "../support/dashboard.ts";
import { createTestStore } from "../support/database.ts";
import { startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { ask } from "../support/rest.ts";

/** Opens the form of an application login by clicks and fills it in. */
async function fillAppLogin({ page }: Dashboard): Promise<void> {
  await page.getByRole("link", { name: "Credentials" }).click();
  await page.getByRole("link", { name: "Add credential" }).first().click();
  await page.getByRole("link", { name: "Application login" }).click();
  await page.getByLabel("E-mail").fill("ada@example.test");
  await page.getByLabel("Password", { exact: true }).fill("a password of ada");
  await page.getByLabel("Project").fill("cigar");
}

it("a session that ends in the middle of a form loses nothing: the password is asked for on top of it, and saving goes on", async () => {
  const dashboard = await openDashboard();
  const { page, gateway, complaints, faults, look } = dashboard;
  await signUp(dashboard, "ada");
  await fillAppLogin(dashboard);
  const administrator = await gateway.signInAdministrator();
  const { data } = await gateway.query('{ users(search: "ada") { nodes { id } } }', {}, administrator);
  const [user] = (data as { users: { nodes: { id: string }[] } }).users.nodes;
  await gateway.query("mutation ($id: ID!) { endUserSessions(id: $id) { endedCount } }", { id: user?.id }, administrator);

  await page.getByRole("button", { name: "Test and save" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Your session has ended" });
  await dialog.waitFor();
  await look("Add Application login");
  await dialog.getByLabel("Password", { exact: true }).fill("not it at all");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByText("Incorrect username or password").waitFor();
  await dialog.getByLabel("Password", { exact: true }).fill(USER_PASSWORD);
  await dialog.getByRole("button", { name: "Go on" }).click();

  await look("Application login · default");
  expect(await page.getByText("ada@example.test").count()).toBe(1);
  const unexpected = complaints.filter((complaint) => !complaint.includes("401"));
  expect({ unexpected, faults }).toEqual({ unexpected: [], faults: [] });
});

it("what was typed into a form is left only by who says so: links, the way back and a reload ask first", async () => {
  const dashboard = await openDashboard();
  const { page, complaints } = dashboard;
  await signUp(dashboard, "ada");
  await fillAppLogin(dashboard);
  const question = page.getByRole("alertdialog", { name: "Leave what you typed?" });
  const askedBy = async (leave: () => Promise<unknown>) => {
    await leave();
    await question.getByRole("button", { name: "Cancel" }).click();
    await question.waitFor({ state: "hidden" });
    expect(await page.getByLabel("E-mail").inputValue()).toBe("ada@example.test");
  };
  await askedBy(() => page.getByRole("link", { name: "Portal" }).click());
  await askedBy(() => page.evaluate(() => history.back()));
  const [asked] = await Promise.all([page.waitForEvent("dialog"), page.evaluate(() => setTimeout(() => location.reload()))]);
  expect(asked.type()).toBe("beforeunload");
  await asked.dismiss();
  await page.getByRole("link", { name: "Portal" }).click();
  await question.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("heading", { level: 1, name: "Portal" }).waitFor();

  await fillAppLogin(dashboard);
  await page.getByRole("button", { name: "Test and save" }).click();
  await page.getByRole("heading", { level: 1, name: "Application login · default" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Application login · default" }).waitFor();
  expect(complaints).toEqual([]);
});

it("two tabs share a session through reloads at the same time, and signing out in one signs out of both", async () => {
  const dashboard = await openDashboard();
  const { page, openTab, gateway, complaints } = dashboard;
  await signUp(dashboard, "ada");
  const other = await openTab(`${gateway.url}/account`);
  await other.getByRole("heading", { level: 1, name: "Your account" }).waitFor();
  for (let round = 0; round < 3; round++) await Promise.all([page.reload(), other.reload()]);
  await page.getByRole("heading", { level: 1, name: "Portal" }).waitFor();
  await other.getByRole("heading", { level: 1, name: "Your account" }).waitFor();

  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage, cookies: document.cookie }));
  await page.getByRole("button", { name: "Account of ada" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  await other.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  await other.reload();
  await other.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  expect({ complaints, kept }).toEqual({ complaints: [], kept: '{"cookies":""}' });
});

it("while the server starts anew the page says so, keeps what was typed, and goes on with the same session", async () => {
  const store = await createTestStore();
  const first = await startGateway({}, store, { publicDir: BUILT_PAGES });
  const dashboard = await openDashboard({}, first);
  const { page, complaints } = dashboard;
  await signUp(dashboard, "ada");
  await fillAppLogin(dashboard);
  await first.close();
  await page.getByRole("button", { name: "Test and save" }).click();
  await page.getByText("Postern does not answer.").waitFor();
  expect(await page.getByLabel("E-mail").inputValue()).toBe("ada@example.test");

  const port = Number(new URL(first.url).port);
  const second = await startGateway({}, store, { publicDir: BUILT_PAGES, port });
  await page.getByRole("button", { name: "Test and save" }).click();
  await page.getByRole("heading", { level: 1, name: "Application login · default" }).waitFor();
  await second.close();
  await store.remove();
  const unexpected = complaints.filter((complaint) => !complaint.includes("ERR_"));
  expect(unexpected).toEqual([]);
});

const PAGES = [
  ...["/", "/credentials", "/credentials/new", "/account", "/sync", "/contacts", "/products", "/activity"],
  ...["/admin", "/admin/users", "/admin/tokens", "/admin/keys", "/admin/system"],
];

it("every page works where the gateway takes the dashboard's own documents and no others", async () => {
  const dashboard = await openDashboard({ PERSISTED_OPERATIONS: "only" });
  const { page, gateway, complaints } = dashboard;
  const refused: string[] = [];
  let asked = 0;
  page.on("response", async (response) => {
    if (!new URL(response.url()).pathname.startsWith("/graphql")) return;
    asked += 1;
    if (response.status() >= 400) refused.push(`${response.status()} ${response.request().postData()}`);
  });
  await signInAsAdministrator(dashboard);
  for (const path of PAGES) {
    await page.goto(`${gateway.url}${path}`);
    await page.locator("h1").first().waitFor();
    // A page with a live stream is never at rest.
    await page.waitForTimeout(500);
  }
  expect(asked).toBeGreaterThan(PAGES.length);
  expect({ refused, complaints }).toEqual({ refused: [], complaints: [] });
  const { status } = await ask(gateway, "POST /graphql", { json: { query: "{ __typename }" } });
  expect(status).toBe(400);
});
