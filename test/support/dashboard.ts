import type { Page } from "playwright-core";
import { BUILT_PAGES, findAccessibilityFaults, type OpenedPage, openPage } from "./browser.ts";
import { ADMIN_PASSWORD, type Gateway, startGateway, USER_PASSWORD } from "./gateway.ts";
import { adminFields } from "./odoo-connector.ts";

export type Dashboard = OpenedPage & {
  readonly gateway: Gateway;
  /** What axe found on the pages that were looked at by `look`. */
  readonly faults: string[];
  /** Waits for a heading of the first level and lets axe look at the page. */
  look(title: string, page?: Page): Promise<void>;
};

/** The built dashboard of a gateway of its own, in a browser at its first page. */
export async function openDashboard(environment: Record<string, string> = {}, gateway?: Gateway): Promise<Dashboard> {
  const serving = gateway ?? (await startGateway(environment, undefined, { publicDir: BUILT_PAGES }));
  const opened = await openPage(`${serving.url}/`);
  const faults: string[] = [];
  const look = async (title: string, page = opened.page) => {
    // By its element: behind a dialog the page has no roles.
    await page.locator("h1", { hasText: title }).waitFor();
    faults.push(...(await findAccessibilityFaults(page)));
  };
  return { ...opened, gateway: serving, faults, look };
}

/** Registers by the form and waits for the portal. */
export async function signUp({ page }: OpenedPage, username: string): Promise<void> {
  await page.getByRole("link", { name: "Create one" }).click();
  // The page before has a field of the same name.
  await page.getByRole("heading", { level: 1, name: "Create your account" }).waitFor();
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(USER_PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { level: 1, name: "Portal" }).waitFor();
}

const SAVE = "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
const LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }";

/** Signs the first administrator in by the form. */
export async function signInAsAdministrator({ page }: OpenedPage): Promise<void> {
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(ADMIN_PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Administration" }).waitFor();
}

/** An access token of somebody who has registered by the form; the session of the page is another one. */
export async function tokenOf({ gateway }: Dashboard, username: string): Promise<string> {
  const { data } = await gateway.query(LOGIN, { input: { username, password: USER_PASSWORD } });
  return (data as { login: { accessToken: string } }).login.accessToken;
}

/** Saves an Odoo credential over the API, untested; gives its id. */
export async function saveOdoo(
  { gateway }: Dashboard,
  token: string,
  url: string,
  other: Parameters<typeof adminFields>[1] = {},
  label = "production",
): Promise<string> {
  const fields = Object.entries(adminFields(url, other)).map(([name, value]) => ({ name, value }));
  const input = { connector: "odoo", label, fields, test: false };
  const { data } = await gateway.query(SAVE, { input }, token);
  return (data as { saveCredential: { credential: { id: string } } }).saveCredential.credential.id;
}

/** Makes every session look as if the password had been given ten minutes ago. */
export async function ageSessions({ gateway, page }: Dashboard): Promise<void> {
  await gateway.services.database.client.session.updateMany({ data: { createdAt: new Date(Date.now() - 600_000) } });
  // Sessions are known for two seconds without a look into the store.
  await page.waitForTimeout(2_500);
}
