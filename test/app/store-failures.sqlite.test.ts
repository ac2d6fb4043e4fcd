import Sqlite from "better-sqlite3";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Credentials, Register, RevealCredential, SaveCredential } from "../api/documents.ts";
import { type GraphqlAnswer, startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { startOdooServer } from "../support/odoo-server.ts";
import { answerOf } from "../support/rest.ts";

/** Which row finds no more room is chance: the thing itself, or the record of it. */
const MESSAGE = expect.stringMatching(/^The (store cannot be reached|audit trail cannot be written) just now\. Try again\.$/);
const LOGIN = { api_auth_email: "ada@example.test", api_auth_password: "s3cret" };
const FIELDS = [
  { name: "email", value: "ada@example.test" },
  { name: "password", value: "s3cret" },
];

/** Ways in which SQLite can no longer write, and back. */
const FAILURES = {
  "is full": ["max_page_count = 1", "max_page_count = 1073741823"],
  "is read-only": ["query_only = ON", "query_only = OFF"],
} as const;

/** Collects the connections that prepare a statement from now on and may write, to set a pragma on all of them. */
function watchWriters(): (pragma: string) => void {
  const writers = new Set<Sqlite.Database>();
  const prepare = vi.spyOn(Sqlite.prototype, "prepare");
  onTestFinished(() => prepare.mockRestore());
  return (pragma) => {
    if (writers.size === 0) {
      const seen = (prepare.mock.contexts as unknown as Sqlite.Database[]).filter((connection) => connection.open);
      for (const connection of seen) if (Number(connection.pragma("query_only", { simple: true })) === 0) writers.add(connection);
    }
    for (const connection of writers) connection.pragma(pragma);
  };
}

/** The first answer that is no success: what is free in the pages that a full store has already goes first. */
async function untilRefused<Answer>(ask: (attempt: number) => Promise<Answer>, isRefused: (answer: Answer) => boolean) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await ask(attempt);
    if (isRefused(answer)) return answer;
  }
  throw new Error("A hundred writes went through.");
}

describe.each(Object.entries(FAILURES))("a store that %s", (_name, [breakIt, mendIt]) => {
  it("refuses every write with 503 in the caller's shape, reads on, and takes writes again once it is mended", {
    timeout: 60_000,
  }, async () => {
    const odoo = await startOdooServer({ users: [{ login: "ada", password: "s3cret" }] });
    const setOnWriters = watchWriters();
    const gateway = await startGateway({ ODOO_URL: odoo.url });
    const { token } = await gateway.signUp("ada");
    const save = (label: string) =>
      gateway.execute(SaveCredential, { input: { connector: "app-login", label, test: false, fields: FIELDS } }, token);
    const profile = { odoo_username: "ada", odoo_password: "s3cret", odoo_database: "odoo_db" };
    const keyOf = (projectId: string) => ({
      credentialType: "openai",
      projectId,
      credentials: { api_key: "sk-0123456789abcdef" },
    });
    await save("kept");
    const { client } = gateway.services.database;
    const reveal = { input: { credential: { connector: "app-login", label: "kept" } } };
    await gateway.execute(RevealCredential, reveal, token);
    setOnWriters(breakIt);

    const newcomer = (name: string) => ({ input: { username: name, password: USER_PASSWORD } });
    const codeOnceRefused = async (ask: Parameters<typeof untilRefused<GraphqlAnswer<unknown>>>[0]) =>
      (await untilRefused(ask, ({ errors }) => errors !== undefined)).errors?.[0]?.extensions.code;
    const onceRefused = (target: string, json: (attempt: string) => object) =>
      untilRefused(
        (attempt) => answerOf(gateway, target, { token, json: json(`no-${attempt}`) }),
        ({ status }) => status >= 400,
      );
    expect([
      await codeOnceRefused(() => gateway.execute(RevealCredential, reveal, token)),
      await codeOnceRefused((attempt) => save(`label ${attempt}`)),
      await codeOnceRefused((attempt) => gateway.execute(Register, newcomer(`bob${attempt}`))),
      await onceRefused("PUT /api/user/credentials", () => LOGIN),
      await onceRefused("POST /api/credentials", (attempt) => keyOf(attempt)),
      await onceRefused("POST /api/v1/profile/odoo-credentials", () => profile),
    ]).toEqual([
      "UNAVAILABLE",
      "UNAVAILABLE",
      "UNAVAILABLE",
      { status: 503, body: { detail: MESSAGE } },
      { status: 503, body: { error: MESSAGE } },
      { status: 503, body: { detail: MESSAGE } },
    ]);
    const { data } = await gateway.execute(Credentials, {}, token);
    expect([
      data?.credentials?.nodes?.some(({ label }) => label === "kept"),
      (await fetch(`${gateway.url}/health`)).status,
    ]).toEqual([true, 200]);

    setOnWriters(mendIt);
    expect((await save("afterwards")).data?.saveCredential?.credential?.label).toBe("afterwards");
    const { _sum } = await client.credential.aggregate({ _sum: { version: true } });
    expect(await client.auditEvent.count({ where: { action: "CREDENTIAL_SAVED" } })).toBe(_sum.version);
    expect(await client.auditEvent.count({ where: { action: "USER_REGISTERED" } })).toBe(await client.user.count());
  });
});

it("a commit that the store refuses leaves no transaction open for later writes to vanish in", async () => {
  const { database } = (await startGateway()).services;
  const orphan = { issuer: "issuer", subject: "subject", userId: "nobody", createdAt: new Date() };
  const broken = database.transaction(async (transaction) => {
    await transaction.$executeRawUnsafe("PRAGMA defer_foreign_keys = ON");
    await transaction.externalIdentity.create({ data: orphan });
  });
  await expect(broken).rejects.toThrow();
  const row = { key: "later", count: 1, blockedUntil: 0n, expiresAt: 0n };
  await database.transaction((transaction) => transaction.rateCounter.create({ data: row }));
  expect(await database.client.rateCounter.count({ where: { key: "later" } })).toBe(1);
  expect(await database.client.externalIdentity.count()).toBe(0);
});
