import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import axe from "axe-core";
import { chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where `npm run build` puts what browsers load. */
export const BUILT_PAGES = path.resolve("dist/public");

export type OpenedPage = {
  readonly page: Page;
  /** Another tab of the same browser, watched like the first. */
  openTab(url: string): Promise<Page>;
  /** Errors on the console, refusals of the content policy and exceptions so far. */
  readonly complaints: readonly string[];
  /** Addresses asked for that are not the gateway's. */
  readonly foreign: readonly string[];
};

/** A page of headless Chromium with an empty profile, closed with the test. */
export async function openPage(url: string, viewport = { width: 1280, height: 800 }): Promise<OpenedPage> {
  const profile = mkdtempSync(path.join(tmpdir(), "postern-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM,
    headless: true,
    args: FLAGS,
    viewport,
    // What moves is still in a test: colours are measured as they are meant.
    reducedMotion: "reduce",
  });
  // The machines are shared: what is there in a second may take a minute.
  context.setDefaultTimeout(75_000);
  onTestFinished(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  });
  const complaints: string[] = [];
  const foreign: string[] = [];
  const openTab = async (address: string) => {
    const page = await context.newPage();
    watch(page, new URL(url).origin, complaints, foreign);
    await page.goto(address);
    return page;
  };
  return { page: await openTab(url), openTab, complaints, foreign };
}

function watch(page: Page, origin: string, complaints: string[], foreign: string[]): void {
  page.on("console", (message) => {
    if (message.type() === "error" || /content security policy/i.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) foreign.push(request.url());
  });
}

/** What axe finds wrong with the page as it stands: `rule: element`, none when all is well. */
export async function findAccessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${location.pathname} ${id}: ${html.slice(0, 160)}`));
  });
}
