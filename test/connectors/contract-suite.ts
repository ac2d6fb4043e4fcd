import { describe, expect, test } from "vitest";
import { CONNECTOR_CAPABILITIES, type Connector, type FieldValues } from "../../src/connectors/connector.ts";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { CONNECTION_STAGES, ConnectionError } from "../../src/upstream/connection-error.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import type { HttpClient } from "../../src/upstream/http-client.ts";
import {
  type Answering,
  type Fault,
  findRefusingPort,
  type RecordedRequest,
  startMisbehavingServer,
} from "../support/misbehaving-server.ts";

/** What the suite needs to know of one connector. */
export type ConnectorContract = {
  create(http: HttpClient): Connector;
  /** Complete, valid values whose URL is `origin`; secrets of at least 16 characters with some of `"&+ ü'`, where the upstream allows. */
  values(origin: string): FieldValues;
  /** How its upstream behaves; left out by a connector that contacts nothing. */
  readonly upstream?: {
    /** Answers so that the test passes. */
    readonly accepting: Answering;
    /** Refuses the credential in the upstream's own way. */
    readonly rejecting: Answering;
    /** Whether a request carries the secret to be judged: the suite counts them. */
    isLogin(request: RecordedRequest): boolean;
  };
};

const HANG_MS = 700;
const allowEverythingLocal = parseAllowList(["127.0.0.0/8"]);

const patient = createHttpClient({ allowList: allowEverythingLocal });
// For upstreams that never end; all others get the usual time, so that a busy machine does not fail them.
const hasty = createHttpClient({ allowList: allowEverythingLocal, limits: { longestMs: HANG_MS, idleMs: 300 } });

const signal = () => new AbortController().signal;

async function failureOf(promise: Promise<unknown>): Promise<ConnectionError> {
  const outcome = await promise.then(
    (value) => new Error(`It passed: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ConnectionError);
  return outcome as ConnectionError;
}

/** Everything that an error carries, as one text: message, cause, stack, own properties. */
function everythingOf(error: ConnectionError): string {
  return `${error.message}\n${error.stack}\n${String(error.cause)}\n${JSON.stringify(error, Object.getOwnPropertyNames(error))}`;
}

/** The secret in the forms that an upstream may echo it in, made without the code under test. */
function echoForms(secret: string, user: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams([["", secret]]).toString().slice(1),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    Buffer.from(`${user}:${secret}`).toString("base64"),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("hex"),
  ];
}

/** Tests that hold for every connector; each connector's own test file calls it once. */
export function describeConnectorContract(name: string, contract: ConnectorContract): void {
  describe(`${name} keeps the connector contract:`, () => {
    describeFieldRules(contract);
    if (contract.upstream === undefined) describeSilence(contract);
    else {
      describeOutcomes(contract, contract.upstream);
      describeFaults(contract);
      describeSecrecy(contract);
    }
  });
}

function describeFieldRules(contract: ConnectorContract): void {
  const connector = contract.create(patient);
  const values = contract.values("http://127.0.0.1:9");

  test("every field is described, at least one is secret, and the capabilities are known ones", () => {
    expect(connector.id).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(connector.fields.filter(({ label }) => label === "")).toEqual([]);
    expect(connector.fields.filter(({ isSecret }) => isSecret)).not.toEqual([]);
    expect(connector.fields.filter(({ isSecret, defaultValue }) => isSecret && defaultValue !== null)).toEqual([]);
    expect(connector.capabilities.filter((capability) => !CONNECTOR_CAPABILITIES.includes(capability))).toEqual([]);
    expect(connector.capabilities.includes("ACCESS_TOKEN")).toBe(connector.login !== undefined);
    expect(connector.capabilities.includes("CALL")).toBe(connector.call !== undefined);
    expect(connector.capabilities.includes("SYNC_CONTACTS")).toBe(connector.pull?.contacts !== undefined);
    expect(connector.capabilities.includes("SYNC_PRODUCTS")).toBe(connector.pull?.products !== undefined);
  });

  test("complete values are accepted, and parsing them again changes nothing", () => {
    const parsed = connector.parseFields(values);
    expect(parsed).toMatchObject({ ok: true });
    expect(connector.parseFields(parsed.ok ? parsed.values : {})).toEqual(parsed);
  });

  test("a pattern has words, and refuses nothing that the connector takes", () => {
    for (const { name, pattern, patternHelp } of connector.fields) {
      expect(patternHelp === null).toBe(pattern === null);
      const texts = [values[name] ?? "", "example.test", "HTTPS://EXAMPLE.TEST", "https://\u{1F600}.test/a b", "%", "a b"];
      for (const text of texts.filter((each) => pattern !== null && !new RegExp(`^(?:${pattern})$`, "u").test(each)))
        expect({ text, isTaken: text !== "" && connector.parseFields({ ...values, [name]: text }).ok }).toEqual({
          text,
          isTaken: false,
        });
    }
  });

  test("unknown fields are named, those that every object has among them", () => {
    const parsed = connector.parseFields({ ...values, frobnicate: "x", constructor: "y" });
    expect(parsed.ok ? [] : parsed.problems.map(({ field }) => field)).toEqual(["frobnicate", "constructor"]);
  });

  test("every required field that is missing or empty is named", () => {
    const required = connector.fields.filter(({ isRequired }) => isRequired).map((field) => field.name);
    const empty = Object.fromEntries(connector.fields.map((field) => [field.name, ""]));
    for (const input of [{}, empty]) {
      const parsed = connector.parseFields(input);
      expect(parsed.ok ? [] : [...new Set(parsed.problems.map(({ field }) => field))].sort()).toEqual(required.sort());
    }
  });

  test("a text that makes no sense in a field that is no secret is taken or refused, never thrown at", () => {
    for (const { name } of connector.fields.filter(({ isSecret }) => !isSecret)) {
      for (const text of ["example.test", "127.0.0.1:8069", "http://", "https://example.test:99999", "%", "\u{1F600}", "{"]) {
        const parsed = connector.parseFields({ ...values, [name]: text });
        expect(parsed.ok ? [] : parsed.problems.filter(({ field }) => field !== name)).toEqual([]);
      }
    }
  });

  test("a line end or NUL in a secret is refused, and the secret is not repeated", () => {
    for (const { name } of connector.fields.filter(({ isSecret }) => isSecret)) {
      for (const end of ["\r", "\n", "\0"]) {
        const parsed = connector.parseFields({ ...values, [name]: `canary-secret${end}x` });
        expect(parsed.ok ? [] : parsed.problems.map(({ field }) => field)).toEqual([name]);
        expect(JSON.stringify(parsed)).not.toContain("canary-secret");
      }
    }
  });
}

function describeSilence(contract: ConnectorContract): void {
  test("its test contacts nothing and says so", async () => {
    const connector = contract.create({ request: () => Promise.reject(new Error("It called an upstream")) });
    const report = await connector.test(contract.values("http://127.0.0.1:9"), { signal: signal() });
    expect(report).toMatchObject({ stage: "VALIDATE", message: expect.stringMatching(/nothing was contacted/i) });
  });
}

function describeOutcomes(contract: ConnectorContract, upstream: NonNullable<ConnectorContract["upstream"]>): void {
  test("a test that passes reports known stages in their order", async () => {
    const server = await startMisbehavingServer(upstream.accepting);
    const stages: string[] = [];
    const report = await contract
      .create(patient)
      .test(contract.values(server.origin), { signal: signal(), onStage: (stage) => stages.push(stage) });
    expect(CONNECTION_STAGES).toContain(report.stage);
    expect(stages.filter((stage) => !(CONNECTION_STAGES as readonly string[]).includes(stage))).toEqual([]);
    expect(stages).toContain("CONNECT");
  });

  test("a rejected credential is CREDENTIAL_REJECTED after exactly one login", async () => {
    const server = await startMisbehavingServer(upstream.rejecting);
    const failure = await failureOf(contract.create(patient).test(contract.values(server.origin), { signal: signal() }));
    expect({ code: failure.code, stage: failure.stage }).toEqual({ code: "CREDENTIAL_REJECTED", stage: "AUTHENTICATE" });
    expect(server.requests.filter(upstream.isLogin)).toHaveLength(1);
  });
}

function describeFaults(contract: ConnectorContract): void {
  const testAgainst = (origin: string, http = patient) =>
    contract.create(http).test(contract.values(origin), { signal: signal() });

  const unexpected: Fault[] = [
    "html",
    "garbage",
    "empty",
    "other-json",
    "deep-json",
    "oversized",
    "gzip-bomb",
    "redirect",
    "garbage-status",
  ];
  test.each(unexpected)("an upstream that answers with %s is UNEXPECTED_RESPONSE", async (fault) => {
    const server = await startMisbehavingServer(fault);
    expect((await failureOf(testAgainst(server.origin))).code).toBe("UNEXPECTED_RESPONSE");
  });

  const late: Fault[] = ["hang", "slow-headers", "trickling-body", "stalled-body"];
  test.each(late)("an upstream with the fault %s is a TIMEOUT within the deadline", async (fault) => {
    const server = await startMisbehavingServer(fault);
    const begin = performance.now();
    expect((await failureOf(testAgainst(server.origin, hasty))).code).toBe("TIMEOUT");
    expect(performance.now() - begin).toBeLessThan(10 * HANG_MS);
  });

  test("an upstream that resets the connection is UNREACHABLE", async () => {
    const server = await startMisbehavingServer("reset");
    expect((await failureOf(testAgainst(server.origin))).code).toBe("UNREACHABLE");
  });

  test("a port where nobody listens is UNREACHABLE at CONNECT", async () => {
    const failure = await failureOf(testAgainst(`http://127.0.0.1:${await findRefusingPort()}`));
    expect({ code: failure.code, stage: failure.stage }).toEqual({ code: "UNREACHABLE", stage: "CONNECT" });
  });

  test("a caller who stops is obeyed at once", async () => {
    const server = await startMisbehavingServer("hang");
    const begin = performance.now();
    const failure = await failureOf(
      contract.create(patient).test(contract.values(server.origin), { signal: AbortSignal.timeout(200) }),
    );
    expect(failure.code).toBe("TIMEOUT");
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  test("an address that is not allowed is BLOCKED_ADDRESS, and no connection is opened", async () => {
    const server = await startMisbehavingServer();
    const failure = await failureOf(testAgainst(server.origin, createHttpClient({ allowList: parseAllowList([]) })));
    expect([failure.code, server.connectionCount()]).toEqual(["BLOCKED_ADDRESS", 0]);
  });
}

function describeSecrecy(contract: ConnectorContract): void {
  test("no error or report repeats a secret that the upstream echoes, in any form", async () => {
    const server = await startMisbehavingServer();
    const connector = contract.create(patient);
    const values = contract.values(server.origin);
    const secrets = connector.fields.filter(({ isSecret }) => isSecret).map(({ name }) => values[name] ?? "");
    const users = connector.fields.filter(({ isSecret }) => !isSecret).map(({ name }) => values[name] ?? "");
    const forms = secrets
      .filter((secret) => secret !== "")
      .flatMap((secret) => ["", ...users].flatMap((user) => echoForms(secret, user)));
    const text = forms.join(" | ");
    const types = ["application/json", "text/html", "text/xml", "text/plain"];
    for (const status of [200, 302, 400, 401, 403, 404, 429, 500, 503]) {
      for (const type of types) {
        const body =
          type === "application/json"
            ? JSON.stringify({ error: { message: text, data: { message: text } }, message: text, data: text })
            : text;
        server.behave(() => ({
          status,
          headers: { "content-type": type, "x-echo": encodeURIComponent(secrets.join(" ")) },
          body,
        }));
        const outcome = await connector
          .test(values, { signal: signal() })
          .then(JSON.stringify, (error) => everythingOf(error as ConnectionError));
        expect(forms.filter((form) => outcome.includes(form))).toEqual([]);
      }
    }
  });
}
