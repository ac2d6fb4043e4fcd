import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
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
  });
  onTestFinished(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || /content security policy/i.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== new URL(url).origin)
      foreign.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, foreign };
}
