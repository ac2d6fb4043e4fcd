import { describe, expect, test } from "vitest";
import { z } from "zod";
import { parseConfig } from "../../src/config.ts";
import type { ConnectorDefinition } from "../../src/connectors/connector.ts";
import { HTTP_URL_PATTERN } from "../../src/connectors/connector-fields.ts";
import { createConnector } from "../../src/connectors/create-connector.ts";
import { createConnectorRegistry } from "../../src/connectors/registry.ts";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { ConnectionError } from "../../src/upstream/connection-error.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";

const fields = z.object({
  user: z.string().max(20).meta({ title: "User", description: "Who logs in." }),
  password: z.string().min(6, "must have at least 6 characters").meta({ title: "Password", secret: true }),
  url: z.url("must be a URL").meta({ title: "Address", initial: "https://example.com", ...HTTP_URL_PATTERN }),
  note: z.string().optional().meta({ title: "Note" }),
});
type Definition = ConnectorDefinition<typeof fields>;

/** A field of which the schema says nothing. */
const PLAIN = {
  description: null,
  isSecret: false,
  isRequired: false,
  defaultValue: null,
  pattern: null,
  patternHelp: null,
  minLength: null,
};

const SECRET = "s3cret-canary";
const VALUES = { user: "jane", password: SECRET, url: "https://example.com" };

const build = (more: Partial<Definition> = {}) =>
  createConnector({
    id: "example",
    name: "Example",
    description: "An example.",
    fields,
    test: async () => ({ stage: "READ", message: "Works.", details: {} }),
    ...more,
  });

const options = () => ({ signal: new AbortController().signal });

const failureOf = async (promise: Promise<unknown>) => {
  const outcome = await promise.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ConnectionError);
  return outcome as ConnectionError;
};

describe("the fields of a connector", () => {
  test("are described from the schema", () => {
    expect(build().fields).toEqual([
      { ...PLAIN, name: "user", label: "User", description: "Who logs in.", isRequired: true },
      { ...PLAIN, name: "password", label: "Password", isSecret: true, isRequired: true, minLength: 6 },
      { ...PLAIN, name: "url", label: "Address", defaultValue: "https://example.com", ...HTTP_URL_PATTERN },
      { ...PLAIN, name: "note", label: "Note" },
    ]);
  });

  test("need a title, or the connector cannot be built", () => {
    const untitled = z.object({ name: z.string() });
    const test = async () => ({ stage: "READ" as const, message: "", details: {} });
    expect(() => createConnector({ id: "x", name: "X", description: "", fields: untitled, test })).toThrow(
      "The connector field name needs .meta",
    );
  });

  test("are trimmed unless secret, defaults filled, empty optional ones left out", () => {
    expect(build().parseFields({ user: " jane ", password: "  spaces  ", url: "", note: " " })).toEqual({
      ok: true,
      values: { user: "jane", password: "  spaces  ", url: "https://example.com" },
    });
  });

  test("that are wrong are all named at once, each once, and no value is repeated", () => {
    const input = { user: "canary".repeat(4), password: "short", url: "canary", note: 7, extra: "canary", ["x".repeat(99)]: "" };
    const parsed = build().parseFields(input as unknown as Record<string, string>);
    expect(parsed).toEqual({
      ok: false,
      problems: [
        { field: "extra", message: "There is no such field; the fields are user, password, url, note." },
        { field: "x".repeat(64), message: expect.any(String) },
        { field: "note", message: "This field must be text." },
        { field: "user", message: expect.stringMatching(/20/) },
        { field: "password", message: "must have at least 6 characters." },
        { field: "url", message: "must be a URL." },
      ],
    });
    expect(JSON.stringify(parsed)).not.toContain("canary");
  });

  test.each([
    ["password", "secret\r\nvalue"],
    ["password", "secret\0value"],
    ["user", "jane\u001b[31m"],
    ["note", "two\nlines"],
    ["note", "x".repeat(8193)],
  ])("refuse %s with control characters or beyond the cap", (field, value) => {
    expect(build().parseFields({ ...VALUES, [field]: value })).toMatchObject({ ok: false, problems: [{ field }] });
  });
});

describe("capabilities", () => {
  const reader = async () => ({ upstreamKey: "", count: async () => 0, page: async () => [], ids: async () => [] });

  test("are those that the definition has, and the others are absent", () => {
    const plain = build();
    const whole = build({
      login: async () => ({ accessToken: "t", expiresAt: null }),
      pull: { contacts: reader, products: reader },
    });
    expect([plain.capabilities, "login" in plain, "pull" in plain]).toEqual([["TEST"], false, false]);
    expect(whole.capabilities).toEqual(["TEST", "ACCESS_TOKEN", "SYNC_CONTACTS", "SYNC_PRODUCTS"]);
    expect(build({ pull: { products: reader } }).capabilities).toEqual(["TEST", "SYNC_PRODUCTS"]);
  });
});

describe("what leaves a connector", () => {
  const echo = `You sent ${SECRET} and ${Buffer.from(`jane:${SECRET}`).toString("base64")}`;
  const throwing = (error: unknown) => async () => {
    throw error;
  };

  test("is a connection error with its code, stage, hint and wait, and without the secret in message, hint, cause or stack", async () => {
    const cause = new Error(echo, { cause: new TypeError(echo) });
    const error = new ConnectionError("RATE_LIMITED", "AUTHENTICATE", echo, { cause, retryAfterSeconds: 9, hint: echo });
    const uses = [
      build({ test: throwing(error) }).test(VALUES, options()),
      build({ login: throwing(error) }).login?.(VALUES, options()),
      build({ pull: { contacts: throwing(error) } }).pull?.contacts?.(VALUES, options()),
    ];
    for (const use of uses) {
      const failure = await failureOf(use ?? Promise.resolve());
      expect({ ...failure, message: failure.message, cause: failure.cause }).toEqual({
        name: "ConnectionError",
        code: "RATE_LIMITED",
        stage: "AUTHENTICATE",
        message: "You sent *** and ***",
        hint: "You sent *** and ***",
        retryAfterSeconds: 9,
        cause: "Error: You sent *** and ***; TypeError: You sent *** and ***",
      });
      expect(failure.stack).not.toContain("canary");
    }
  });

  test.each([new TypeError(echo), echo, null, { secret: SECRET }, z.object({ a: z.literal(SECRET) }).safeParse({}).error])(
    "is UNEXPECTED_RESPONSE at the stage that ran, whatever else was thrown (%#)",
    async (thrown) => {
      const connector = build({
        test: async (_, { onStage }) => {
          onStage?.("AUTHORIZE");
          throw thrown;
        },
      });
      const failure = await failureOf(connector.test(VALUES, options()));
      expect([failure.code, failure.stage]).toEqual(["UNEXPECTED_RESPONSE", "AUTHORIZE"]);
      expect(`${failure.stack} ${String(failure.cause)}`).not.toContain("canary");
    },
  );

  test("is a time-out when the caller stopped, whatever the connector made of it", async () => {
    const connector = build({ test: throwing(new Error("aborted")) });
    expect((await failureOf(connector.test(VALUES, { signal: AbortSignal.abort() }))).code).toBe("TIMEOUT");
  });

  test("is masked in a report too, cut to 500 characters, in one line", async () => {
    const long = `${"x".repeat(490)}${SECRET}\r\n\u001b[31m`;
    const connector = build({
      test: async () => ({ stage: "READ", message: long, details: { server_version: `16.0 ${SECRET}\n` } }),
    });
    expect(await connector.test(VALUES, options())).toEqual({
      stage: "READ",
      message: `${"x".repeat(490)}*** [31m`,
      details: { server_version: "16.0 *** " },
    });
  });

  test("is guarded at every read of a signed-in reader", async () => {
    const reading = throwing(new Error(echo));
    const open = async () => ({ upstreamKey: "k", count: reading, page: reading, ids: reading });
    const reader = await build({ pull: { contacts: open } }).pull?.contacts?.(VALUES, options());
    const reads = [reader?.count(null), reader?.page({ changedSince: null, afterId: 0, limit: 1 }), reader?.ids(0, 1)];
    for (const read of reads) expect((await failureOf(read ?? Promise.resolve())).cause).toBe("Error: You sent *** and ***");
  });

  test("is INVALID_FIELDS when stored values no longer fit the schema, without calling the upstream", async () => {
    const connector = build({ test: () => Promise.reject(new Error("It was called")) });
    const failure = await failureOf(connector.test({ user: "jane", password: "short" }, options()));
    expect([failure.code, failure.stage, failure.message]).toEqual([
      "INVALID_FIELDS",
      "VALIDATE",
      "These fields cannot be used: password, url.",
    ]);
  });
});

test("the registry finds every connector by its id and nothing else", () => {
  const http = createHttpClient({ allowList: parseAllowList([]) });
  const registry = createConnectorRegistry({ http, config: parseConfig({}) });
  expect(registry.all.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["odoo", "app-login", "llm-api-key", "openai", "anthropic"]),
  );
  expect(registry.all.map(({ id }) => registry.find(id))).toEqual(registry.all);
  expect(["", "Odoo", "constructor", "__proto__"].map((id) => registry.find(id))).toEqual([null, null, null, null]);
});
