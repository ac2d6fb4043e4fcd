import { afterEach, expect, it, vi } from "vitest";

type Reply = { readonly status?: number; readonly data?: object; readonly errors?: readonly object[] } | "no network";

const USER = { id: "user_1", username: "ada" };
const tokens = (accessToken: string, expiresAt = "2100-01-01T00:00:00Z") => ({
  accessToken,
  expiresAt,
  user: USER,
  userErrors: [],
});
const busy = (code: string) => ({
  status: 503,
  errors: [{ message: "Too many requests are being worked on.", extensions: { code } }],
});

/** What tabs speak through, where there is one. */
class OneTab extends EventTarget {
  postMessage(): void {}
}

/** What a page does with a browser's own parts: a storage, a gateway whose answers are given by the operation's name. */
async function openPage(storage: Map<string, string>, replies: Record<string, Reply>) {
  const asked: string[] = [];
  vi.stubGlobal("window", { isSecureContext: true });
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("BroadcastChannel", OneTab);
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
    removeItem: (key: string) => storage.delete(key),
  });
  vi.stubGlobal("fetch", async (_url: string, { body }: { body: string }) => {
    const name = /(?:mutation|query) (\w+)/.exec(JSON.parse(body).query)?.[1] ?? "";
    asked.push(name);
    const reply = replies[name] ?? {};
    if (reply === "no network") throw new TypeError("Failed to fetch");
    return Response.json(reply, { status: reply.status ?? 200 });
  });
  // Only now: they look at the browser's parts as they are loaded.
  const { Session } = await import("../../src/dashboard/session/session.ts");
  const { createFetchInSession } = await import("../../src/dashboard/session/session-fetch.ts");
  const session = new Session();
  const inSession = createFetchInSession(session);
  const question = { method: "POST", body: JSON.stringify({ query: "query Things { a }" }) };
  const ask = async () => (await inSession("/graphql", question)).json();
  return { session, ask, asked, replies };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it.each(["UNAVAILABLE", "RATE_LIMITED", "INTERNAL"])(
  "a session that the gateway cannot renew just now (%s) does not end: the page shows what it said, and goes on",
  async (code) => {
    const { session, ask, replies } = await openPage(new Map(), {
      RenewSession: { data: { refreshSession: tokens("first", "2000-01-01T00:00:00Z") } },
      Things: { data: { a: 1 } },
    });
    await session.start();
    replies.RenewSession = { ...busy(code), data: { refreshSession: null } };
    expect(await ask()).toEqual({ errors: busy(code).errors });
    expect(session.state()).toMatchObject({ status: "signed-in", user: USER });
    replies.RenewSession = { data: { refreshSession: tokens("second") } };
    expect(await ask()).toEqual({ data: { a: 1 } });
  },
);

it("a page that opens while the gateway is too busy says so and asks again, and does not ask who one is", async () => {
  vi.useFakeTimers();
  const { session, replies } = await openPage(new Map(), { RenewSession: busy("UNAVAILABLE") });
  await session.start();
  expect(session.state().status).toBe("away");
  replies.RenewSession = { data: { refreshSession: tokens("first") } };
  await vi.runAllTimersAsync();
  expect(session.state().status).toBe("signed-in");
});

it.each<[string, Reply]>([
  ["away", "no network"],
  ["busy", busy("UNAVAILABLE")],
])("who signed out while the gateway was %s is not signed in again by a reload", async (_name, reply) => {
  const storage = new Map<string, string>();
  const renewal = { data: { refreshSession: tokens("first") } };
  const first = await openPage(storage, { RenewSession: renewal, SignOut: reply });
  await first.session.start();
  await first.session.signOut();
  expect(first.session.state().status).toBe("signed-out");

  vi.useFakeTimers();
  const reloaded = await openPage(storage, { RenewSession: renewal, SignOut: reply });
  await reloaded.session.start();
  expect([reloaded.session.state().status, reloaded.asked]).toEqual(["away", ["SignOut"]]);
  reloaded.replies.SignOut = { data: { logout: true } };
  reloaded.replies.RenewSession = { data: { refreshSession: { userErrors: [{ code: "INVALID", field: null, message: "" }] } } };
  await vi.runAllTimersAsync();
  expect([reloaded.session.state().status, storage.size]).toEqual(["signed-out", 0]);
});

it("a password that had no answer, or stands beside a wrong code, is kept to be sent again", async () => {
  await openPage(new Map(), {});
  const { isPasswordSpent } = await import("../../src/dashboard/session/session.ts");
  const wrong = (field: string | null) => [{ code: "ANY", field, message: "Wrong" }];
  const outcomes = [
    { userErrors: [], error: new TypeError("Failed to fetch") },
    { userErrors: [], error: busy("UNAVAILABLE").errors[0] ?? null },
    { userErrors: wrong("code"), error: null },
    { userErrors: wrong("password"), error: null },
    { userErrors: wrong(null), error: null },
    { userErrors: [], error: null },
  ];
  expect(outcomes.map(isPasswordSpent)).toEqual([false, false, false, true, true, true]);
});
