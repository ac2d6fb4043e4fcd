import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { PAGE_PATHS } from "../../src/http/pages.ts";
import { startGateway } from "../support/gateway.ts";

function builtPages(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-pages-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, "assets"));
  writeFileSync(path.join(folder, "index.html"), "<!doctype html><title>Postern</title>");
  return folder;
}

it("the dashboard is at / and at every page's address, under the strict content policy and kept by no cache", async () => {
  const gateway = await startGateway({}, undefined, { publicDir: builtPages() });
  const addresses = ["/", ...PAGE_PATHS.flatMap((page) => [page, `${page}/a/b?c=d`])];
  const answers = await Promise.all(addresses.map((address) => fetch(gateway.url + address)));
  const seen = answers.map(({ status, headers }) => [
    status,
    headers.get("content-type"),
    headers.get("cache-control"),
    headers.get("content-security-policy")?.includes("script-src 'self'; style-src 'self'; "),
    headers.get("content-security-policy")?.includes("unsafe"),
  ]);
  expect(seen).toEqual(addresses.map(() => [200, "text/html; charset=utf-8", "no-store", true, false]));
});

it("an address that no page has is 404 for programs and browsers alike, and pages hide no route of a replaced system", async () => {
  const gateway = await startGateway({}, undefined, { publicDir: builtPages() });
  const statuses = await Promise.all(
    ["/nothing", "/credentialsx", "/Credentials", "/me", "/api_keys", "/api/credentials", "/assets/none.js"].map(
      async (address) => [address, (await fetch(gateway.url + address, { headers: { accept: "text/html" } })).status],
    ),
  );
  expect(statuses).toEqual([
    ["/nothing", 404],
    ["/credentialsx", 404],
    ["/Credentials", 404],
    ["/me", 401],
    ["/api_keys", 401],
    ["/api/credentials", 401],
    ["/assets/none.js", 404],
  ]);
  const answerTo = async (headers: Record<string, string>) => {
    const answer = await fetch(`${gateway.url}/nothing`, { headers });
    return [answer.status, answer.headers.get("content-type")];
  };
  expect(await answerTo({ "sec-fetch-dest": "document" })).toEqual([404, "text/html; charset=utf-8"]);
  expect(await answerTo({ "sec-fetch-dest": "empty" })).toEqual([404, "application/json; charset=utf-8"]);
});

it("without the browser's part there is no page, and everything else works", async () => {
  const gateway = await startGateway({}, undefined, { publicDir: path.join(tmpdir(), "nothing-was-built-here") });
  expect([(await fetch(gateway.url)).status, (await fetch(`${gateway.url}/health`)).status]).toEqual([404, 200]);
});
