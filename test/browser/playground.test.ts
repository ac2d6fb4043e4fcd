import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { BUILT_PAGES, openPage } from "../support/browser.ts";
import { openDashboard, signUp } from "../support/dashboard.ts";
import { startGateway } from "../support/gateway.ts";

const MENU_MS = 2_000;

/** Runs one of the operations of the tab, by the button that is a menu once the editor has read that there are several. */
async function runOperation(page: Page, name: string): Promise<void> {
  const operation = page.locator(`.graphiql-dropdown-item:has-text('${name}')`);
  for (;;) {
    await page.click(".graphiql-execute-button[aria-haspopup]");
    // Opened too early it is the menu of the tab that was left.
    const isThere = await operation.waitFor({ timeout: MENU_MS }).then(
      () => true,
      () => false,
    );
    if (isThere) return operation.click();
    await page.keyboard.press("Escape");
  }
}

describe("the playground", () => {
  it("signs a new user up and shows the answer, with no complaint and no request to anywhere else", async () => {
    const gateway = await startGateway({}, undefined, { publicDir: BUILT_PAGES });
    const { page, complaints, foreign } = await openPage(`${gateway.url}/graphql`);
    const password = "correct horse battery staple";
    await page.waitForSelector(".graphiql-query-editor .CodeMirror");
    await page.evaluate((secret) => {
      const editor = document.querySelector(".graphiql-editor-tool .CodeMirror") as HTMLElement & {
        CodeMirror: { getValue(): string; setValue(text: string): void };
      };
      editor.CodeMirror.setValue(editor.CodeMirror.getValue().replaceAll('"password": ""', `"password": "${secret}"`));
    }, password);
    await runOperation(page, "Register");
    await page.waitForFunction(() => document.querySelector(".result-window")?.textContent?.includes("accessToken"));
    expect(await page.textContent(".result-window")).toContain('"username": "ada"');

    // The token of the answer goes with what comes next.
    await page.click(".graphiql-tab-button:has-text('Credentials')");
    await runOperation(page, "WhatHappened");
    await page.waitForFunction(() => document.querySelector(".result-window")?.textContent?.includes("USER_REGISTERED"));

    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect({ complaints, foreign, keepsPassword: kept.includes(password) }).toEqual({
      complaints: [],
      foreign: [],
      keepsPassword: false,
    });
  });

  it("borrows the session of a dashboard that is open in the browser", async () => {
    const dashboard = await openDashboard();
    await signUp(dashboard, "ada");
    const playground = await dashboard.openTab(`${dashboard.gateway.url}/graphql`);
    // A tab that is chosen before there is an editor leaves it with the first one's text.
    await playground.waitForSelector(".graphiql-query-editor .CodeMirror");
    await playground.click(".graphiql-tab-button:has-text('Credentials')");
    await runOperation(playground, "WhatHappened");
    await playground.waitForFunction(() => document.querySelector(".result-window")?.textContent?.includes("USER_REGISTERED"));
    const kept = await playground.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect({ complaints: dashboard.complaints, keepsToken: kept.includes("eyJ") }).toEqual({ complaints: [], keepsToken: false });
  });

  it("is for browsers alone: a program that asks the same address gets JSON", async () => {
    const gateway = await startGateway({}, undefined, { publicDir: BUILT_PAGES });
    const answer = await fetch(`${gateway.url}/graphql?query={__typename}`, {
      headers: { accept: "application/json", "apollo-require-preflight": "1" },
    });
    expect(await answer.json()).toEqual({ data: { __typename: "Query" } });
  });
});
