import { expect, test } from "vitest";
import { BrowserClient } from "../support/browser-client.ts";
import { startGateway, USER_PASSWORD } from "../support/gateway.ts";

const SHAPE = /^__Host-postern-refresh=psr_[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=(4320\d|431\d\d)$/;
const CLEARED = "__Host-postern-refresh=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";

async function startSignedIn(environment: Record<string, string> = {}) {
  const gateway = await startGateway(environment);
  await gateway.signUp("alice");
  const browser = new BrowserClient(gateway);
  const signedIn = await browser.signIn("alice", USER_PASSWORD);
  return { gateway, browser, signedIn };
}

test("a browser gets its refresh token in a __Host- cookie that no script reads, and in no answer", async () => {
  const { browser, signedIn } = await startSignedIn();
  expect(signedIn.setCookie).toMatch(SHAPE);
  expect(signedIn.tokens).toMatchObject({ accessToken: expect.any(String), refreshToken: null, userErrors: [] });

  const first = browser.cookie;
  const refreshed = await browser.refresh();
  expect(refreshed.setCookie).toMatch(SHAPE);
  expect(refreshed.tokens).toMatchObject({ accessToken: expect.any(String), refreshToken: null, userErrors: [] });
  expect(browser.cookie).not.toBe(first);
});

test("every sign-in begins a session with a new id and ends the one that the cookie was of", async () => {
  const { browser } = await startSignedIn();
  const { accessToken, cookie } = browser;
  const idOf = async () => (await browser.send("{ currentSession { id } }")).data?.currentSession?.["id"];
  const first = await idOf();
  await browser.signIn("alice", USER_PASSWORD);
  expect(await idOf()).not.toBe(first);

  browser.accessToken = accessToken;
  expect((await browser.send("{ me { id } }")).data).toEqual({ me: null });
  browser.cookie = cookie;
  expect((await browser.refresh()).tokens.userErrors).toEqual([{ code: "INVALID_REFRESH_TOKEN" }]);
});

test("a refresh that fails and a sign-out take the cookie away; a sign-out clears what this origin has stored, and no sibling's cookie", async () => {
  const { browser, gateway } = await startSignedIn();
  const { cookie } = browser;
  const { data, headers } = await browser.send("mutation { logout }");
  expect([data, headers.get("set-cookie"), headers.get("clear-site-data")]).toEqual([{ logout: true }, CLEARED, '"storage"']);
  for (const junk of [
    cookie,
    "junk",
    "x".repeat(4_000),
    `psr_${"A".repeat(43)}`,
    `${cookie}; __Host-postern-refresh=${cookie}`,
  ]) {
    const other = new BrowserClient(gateway);
    other.cookie = junk;
    const { tokens, setCookie } = await other.refresh();
    expect([tokens.userErrors, setCookie]).toEqual([[{ code: "INVALID_REFRESH_TOKEN" }], CLEARED]);
  }
});

test("a sign-out ends the cookie's session although its access token has expired", async () => {
  const { browser, gateway } = await startSignedIn();
  const stolen = new BrowserClient(gateway);
  stolen.cookie = browser.cookie;
  browser.accessToken = null;
  expect((await browser.send("mutation { logout }")).data).toEqual({ logout: true });
  expect((await stolen.refresh()).tokens.userErrors).toEqual([{ code: "INVALID_REFRESH_TOKEN" }]);
  expect((await browser.send("mutation { logout }")).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
});

test("the cookie's token serves in the cookie alone, and a client's own token in the argument alone", async () => {
  const { browser, gateway } = await startSignedIn();
  const refresh = "mutation ($token: String) { refreshSession(refreshToken: $token) { accessToken userErrors { code } } }";
  const refused = { data: { refreshSession: { accessToken: null, userErrors: [{ code: "INVALID_REFRESH_TOKEN" }] } } };
  expect(await gateway.query(refresh, { token: browser.cookie })).toEqual(refused);

  const login = "mutation ($input: LoginInput!) { login(input: $input) { refreshToken } }";
  const { data } = await gateway.query(login, { input: { username: "alice", password: USER_PASSWORD } });
  const payload = data?.login as { refreshToken: string } | undefined;
  const other = new BrowserClient(gateway);
  other.cookie = payload?.refreshToken ?? null;
  expect((await other.refresh()).tokens.userErrors).toEqual([{ code: "INVALID_REFRESH_TOKEN" }]);
  expect((await browser.refresh()).tokens.userErrors).toEqual([]);
});

test("without the header a cookie counts for nothing and none is set", async () => {
  const { browser } = await startSignedIn();
  const { data, headers } = await browser.send("mutation { refreshSession { accessToken userErrors { code } } }", undefined, {
    "x-postern-session": undefined,
  });
  expect(data).toEqual({ refreshSession: { accessToken: null, userErrors: [{ code: "INVALID_REFRESH_TOKEN" }] } });
  expect(headers.get("set-cookie")).toBeNull();
});
