import type { Page } from "playwright-core";
import { BUILT_PAGES, findAccessibilityFaults, type OpenedPage, openPage } from "./browser.ts";
import { type Gateway, startGateway, USER_PASSWORD } from "./gateway.ts";

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
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(USER_PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { level: 1, name: "Portal" }).waitFor();
}
