import { expect, test } from "vitest";
import { BrowserClient } from "../support/browser-client.ts";
import { type Gateway, startGateway, USER_PASSWORD } from "../support/gateway.ts";

const REFRESH = "mutation { refreshSession { accessToken userErrors { code } } }";
const FORBIDDEN = [403, "FORBIDDEN"];

/** What a refresh, or a failed try at one, would leave. */
async function tracesIn({ services }: Gateway) {
  const { refreshToken, auditEvent } = services.database.client;
  return [await refreshToken.count(), await refreshToken.count({ where: { usedAt: null } }), await auditEvent.count()];
}

async function startSignedIn(environment: Record<string, string> = {}, changes: Record<string, string> = {}) {
  const gateway = await startGateway(environment);
  await gateway.signUp("alice");
  const browser = new BrowserClient(gateway);
  const login = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }";
  await browser.send(login, { input: { username: "alice", password: USER_PASSWORD } }, changes);
  return { gateway, browser, port: new URL(gateway.url).port };
}

test("the session cookie is refused for every other origin, look-alikes included, before anything is done", async () => {
  const { gateway, browser, port } = await startSignedIn();
  const origins = [
    undefined,
    "null",
    "",
    `https://127.0.0.1:${port}`,
    `http://127.0.0.1:${port}.evil.test`,
    `http://evil.test:${port}`,
    `http://127.0.0.1.evil.test:${port}`,
    `http://evil-127.0.0.1:${port}`,
    `http://localhost:${port}`,
    "http://127.0.0.1",
    `http://127.0.0.1:${port}0`,
    `http://127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}@evil.test`,
    `HTTP://127.0.0.1:${port}`,
    ` http://127.0.0.1:${port}, http://evil.test`,
  ];
  const before = await tracesIn(gateway);
  for (const origin of origins) {
    const { status, errors, headers } = await browser.send(REFRESH, {}, { origin });
    expect([origin, status, errors?.[0]?.extensions.code, headers.get("set-cookie")]).toEqual([origin, ...FORBIDDEN, null]);
  }
  for (const site of ["cross-site", "same-site", "none", "junk", ""]) {
    const { status, errors } = await browser.send(REFRESH, {}, { "sec-fetch-site": site });
    expect([site, status, errors?.[0]?.extensions.code]).toEqual([site, ...FORBIDDEN]);
  }
  expect(await tracesIn(gateway)).toEqual(before);
  expect((await browser.refresh()).tokens.userErrors).toEqual([]);
});

test("a name that was made to point here is no origin of ours, whatever the Host header says", async () => {
  const { browser, port } = await startSignedIn();
  const host = `rebound.test:${port}`;
  const { status, errors } = await browser.send(REFRESH, {}, { host, origin: `http://${host}` });
  expect([status, errors?.[0]?.extensions.code]).toEqual(FORBIDDEN);
});

test("with PUBLIC_URL that origin alone counts beside this machine's own, and only where browsers keep the cookie", async () => {
  const origin = "https://postern.example.com";
  const { browser } = await startSignedIn({ PUBLIC_URL: `${origin}/` }, { origin });
  expect(browser.cookie).not.toBeNull();
  for (const other of [
    "https://example.com",
    "https://postern.example.com:444",
    "http://postern.example.com",
    "https://a.postern.example.com",
  ]) {
    expect([other, (await browser.send(REFRESH, {}, { origin: other })).status]).toEqual([other, 403]);
  }
  expect((await browser.send(REFRESH, {}, { origin })).data?.refreshSession).toMatchObject({ userErrors: [] });

  const plain = await startSignedIn({ PUBLIC_URL: "http://192.168.1.20:4000" }, { origin: "http://192.168.1.20:4000" });
  expect(plain.browser.cookie).toBeNull();
});

test("forms, other media types, GET and HEAD with the cookie are refused before any work", async () => {
  const { gateway, browser } = await startSignedIn();
  const cookie = `__Host-postern-refresh=${browser.cookie}`;
  const foreign = { cookie, origin: "https://evil.test", "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
  const own = { cookie, origin: gateway.url, "sec-fetch-site": "same-origin" };
  const json = JSON.stringify({ query: REFRESH });
  const search = `?query=${encodeURIComponent("{ me { id } }")}`;
  const requests: [string, string, Record<string, string>, string | undefined, number][] = [
    ["POST", "", { ...foreign, "content-type": "text/plain" }, json, 403],
    ["POST", "", { ...foreign, "content-type": "application/x-www-form-urlencoded" }, `query=${REFRESH}`, 403],
    ["POST", "", { ...foreign, "content-type": "multipart/form-data; boundary=x" }, "--x--", 403],
    ["POST", "", { ...foreign, "content-type": "application/json" }, json, 403],
    ["POST", "/stream", { ...foreign, "content-type": "application/json", accept: "text/event-stream" }, json, 403],
    ["GET", search, foreign, undefined, 403],
    ["HEAD", search, foreign, undefined, 403],
    ["POST", "", { ...own, "x-postern-session": "cookie", "content-type": "text/plain" }, json, 415],
    ["POST", "", { ...own, "x-postern-session": "cookie", "content-type": "multipart/form-data; boundary=x" }, "--x--", 415],
    ["POST", "", { ...own, "x-postern-session": "Cookie", "content-type": "application/json" }, json, 400],
    ["GET", search, { ...own, "x-postern-session": "cookie", "content-type": "application/json" }, undefined, 403],
    ["HEAD", search, { ...own, "x-postern-session": "cookie" }, undefined, 403],
  ];
  const before = await tracesIn(gateway);
  for (const [method, path, headers, body, expected] of requests) {
    const { status } = await fetch(`${gateway.url}/graphql${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    expect([method, path, headers["content-type"], status]).toEqual([method, path, headers["content-type"], expected]);
  }
  expect(await tracesIn(gateway)).toEqual(before);
});

test("on REST the cookie counts for nothing, whoever's page sends it", async () => {
  const { gateway, browser } = await startSignedIn();
  const headers = { cookie: `__Host-postern-refresh=${browser.cookie}`, "x-postern-session": "cookie", origin: gateway.url };
  for (const path of ["/me", "/api_keys", "/api/credentials", "/api/user/credentials", "/api/v1/profile/odoo-credentials"]) {
    expect([path, (await fetch(`${gateway.url}${path}`, { headers })).status]).toEqual([path, 401]);
  }
});
