import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import {
  AuthenticationError,
  BadRequestError,
  createPosternClient,
  NetworkError,
  NotFoundError,
  PermissionDeniedError,
  type PosternClientOptions,
  PosternError,
  RateLimitedError,
  UnexpectedAnswerError,
  UpstreamError,
} from "../../clients/typescript/src/index.ts";
import { CredentialById, Credentials, Me, SaveCredential } from "../api/documents.ts";
import { startClientGateway } from "../support/client-gateway.ts";
import { type Answer, findRefusingPort, startMisbehavingServer } from "../support/misbehaving-server.ts";

const TOKEN = "pst_token-that-must-not-show";
const CIGAR = { email: "bpauley@example.com", password: "s3cret-cigar" };

/** The error that a promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.fail(`resolved with ${inspect(value)}`),
    (error: unknown) => error,
  );
}

/** A client of a server that gives one answer after the other, the last for ever. */
async function startFaulty(answers: readonly Answer[], options: Partial<PosternClientOptions> = {}) {
  const server = await startMisbehavingServer(() => answers[Math.min(server.requests.length, answers.length) - 1] ?? {});
  return { server, client: createPosternClient({ url: server.origin, token: TOKEN, ...options }) };
}

const json = (value: unknown): Answer => ({ body: JSON.stringify(value) });
const LOGIN = json({ dev_cigar_email: CIGAR.email, dev_cigar_password: CIGAR.password });

describe("the TypeScript client", () => {
  it("fetches logins, credentials and access tokens from a gateway", async () => {
    const { gateway, tokens } = await startClientGateway();
    const machine = createPosternClient({ url: gateway.url, token: tokens.service });
    const user = createPosternClient({ url: `${gateway.url}/`, token: async () => tokens.user });

    expect(await machine.getUserCredentials("bpauley", "cigar")).toEqual(CIGAR);
    expect(await machine.getCredential({ username: "bpauley", connector: "app-login", project: "cigar" })).toEqual(CIGAR);
    expect(await machine.accessToken({ username: "bpauley" })).toBe("token-of-bpauley@example.com");
    expect(await user.getCredential({ connector: "app-login", project: "cigar", label: "default" })).toEqual(CIGAR);
    expect(await user.accessToken()).toBe("token-of-bpauley@example.com");
  });

  it("tells a gateway's refusals apart", async () => {
    const { gateway, tokens } = await startClientGateway();
    const machine = createPosternClient({ url: gateway.url, token: tokens.service });
    const weak = createPosternClient({ url: gateway.url, token: tokens.weak });
    const stranger = createPosternClient({ url: gateway.url, token: TOKEN });
    const cigar = { username: "bpauley", connector: "app-login", project: "cigar" };

    expect(await failureOf(machine.getUserCredentials("a/../b", "cigar"))).toEqual(
      new NotFoundError("No credentials found for user 'a/../b'", { code: "NOT_FOUND", status: 404 }),
    );
    expect(await failureOf(machine.getUserCredentials("bpauley", "rum"))).toBeInstanceOf(BadRequestError);
    expect(await failureOf(machine.getCredential({ ...cigar, project: "whiskey" }))).toBeInstanceOf(NotFoundError);
    expect(await failureOf(machine.getCredential({ connector: "app-login" }))).toBeInstanceOf(BadRequestError);
    expect(await failureOf(weak.getCredential(cigar))).toBeInstanceOf(PermissionDeniedError);
    expect(await failureOf(weak.getUserCredentials("bpauley", "cigar"))).toBeInstanceOf(PermissionDeniedError);
    expect(await failureOf(stranger.getCredential(cigar))).toBeInstanceOf(AuthenticationError);
    expect(await failureOf(stranger.getUserCredentials("bpauley", "cigar"))).toBeInstanceOf(AuthenticationError);
    const refused = await failureOf(machine.accessToken({ username: "mallory" }));
    expect(refused).toBeInstanceOf(UpstreamError);
    expect(refused).toMatchObject({ code: "CREDENTIAL_REJECTED" });
  });

  it("asks for a user of any name under that name, and sends nothing where no address can have it", async () => {
    const { server, client } = await startFaulty([LOGIN]);
    for (const name of ["a/b", "a?b", "a#b", "%2e%2e", "a%b", "...", "e\u0301 \u{1f600}", " "]) {
      expect(await client.getUserCredentials(name, "cigar")).toEqual(CIGAR);
      expect(server.requests.at(-1)?.path).toBe(`/api/v1/credentials/${encodeURIComponent(name)}/cigar`);
    }
    const sent = server.requests.length;
    for (const name of ["..", ".", "", "\ud800"]) {
      expect(await failureOf(client.getUserCredentials(name, "cigar"))).toBeInstanceOf(BadRequestError);
      expect(await failureOf(client.getUserCredentials("ada", name))).toBeInstanceOf(BadRequestError);
    }
    expect(server.requests).toHaveLength(sent);
  });

  it("gives a typed document's data typed, and a text's as it comes", async () => {
    const { gateway, tokens } = await startClientGateway();
    const client = createPosternClient({ url: gateway.url, token: tokens.user });

    const { me } = await client.query(Me);
    expectTypeOf(me?.username).toEqualTypeOf<string | undefined>();
    expect(me?.username).toBe("bpauley");
    const { credentials } = await client.query(Credentials, { connector: "app-login", first: 1 });
    expect(credentials).toMatchObject({ totalCount: 2, nodes: [{ project: "cigar" }] });
    expect(await client.query("{ me { username } }")).toEqual({ me: { username: "bpauley" } });
    // @ts-expect-error a document that needs variables is not asked without them
    const unasked = () => client.query(CredentialById);
    expect(await failureOf(unasked())).toBeInstanceOf(BadRequestError);
    expect(await failureOf(client.query("{ nonsense }"))).toBeInstanceOf(BadRequestError);
  });

  it("tries network faults, 5xx and 429 again, and keeps Retry-After", async () => {
    const limited = { status: 429, headers: { "retry-after": "1" }, body: "{}" };
    const broken = json({ errors: [{ message: "Broken", extensions: { code: "INTERNAL" } }] });
    const { server, client } = await startFaulty([{ status: 503 }, limited, broken, LOGIN]);
    const began = performance.now();
    expect(await client.getUserCredentials("ada", "cigar")).toEqual(CIGAR);
    expect(server.requests.map((request) => request.path)).toEqual(Array(4).fill("/api/v1/credentials/ada/cigar"));
    expect(performance.now() - began).toBeGreaterThanOrEqual(1_000);

    const { server: down, client: patient } = await startFaulty([], { retries: 2 });
    down.behave("reset");
    expect(await failureOf(patient.accessToken({ username: "ada" }))).toBeInstanceOf(NetworkError);
    expect(down.connectionCount()).toBe(3);
  });

  it("tries no other 4xx again, and waits an hour for nobody", async () => {
    const cases = [
      { status: 400, kind: BadRequestError },
      { status: 401, kind: AuthenticationError },
      { status: 404, kind: NotFoundError },
      { status: 429, kind: RateLimitedError, headers: { "retry-after": "3600" } },
    ];
    for (const { kind, ...answer } of cases) {
      const { server, client } = await startFaulty([answer]);
      expect(await failureOf(client.getUserCredentials("ada", "cigar"))).toBeInstanceOf(kind);
      expect(server.requests).toHaveLength(1);
    }
  });

  it("does not send a mutation of the caller's twice, unless it was turned away at the door", async () => {
    const done = json({ data: { saveCredential: null } });
    const variables = { input: { connector: "app-login", fields: [] } };
    const { server: failing, client } = await startFaulty([{ status: 503 }, done]);
    await failureOf(client.query(SaveCredential, variables));
    expect(failing.requests).toHaveLength(1);
    const { server: busy, client: patient } = await startFaulty([{ status: 429, body: "{}" }, done]);
    expect(await patient.query(SaveCredential, variables)).toEqual({ saveCredential: null });
    expect(busy.requests).toHaveLength(2);
  });

  it("ends when its time is up or the caller aborts", async () => {
    const { server, client } = await startFaulty([], { timeoutMs: 200, retries: 0 });
    for (const fault of ["hang", "slow-headers", "trickling-body"] as const) {
      server.behave(fault);
      expect(await failureOf(client.getUserCredentials("ada", "cigar"))).toMatchObject({ code: "TIMEOUT" });
    }
    const { client: waiting } = await startFaulty([{ status: 429, headers: { "retry-after": "30" } }]);
    const signal = AbortSignal.timeout(100);
    expect(await failureOf(waiting.getUserCredentials("ada", "cigar", { signal }))).toBe(signal.reason);
  });

  it("follows no redirect, and shows neither token nor answer in an error", async () => {
    const { client: misled } = await startFaulty([{ status: 301, headers: { location: "/elsewhere" } }]);
    expect(await failureOf(misled.getUserCredentials("ada", "cigar"))).toBeInstanceOf(UnexpectedAnswerError);
    const answers: readonly Answer[] = [
      { status: 307, headers: { location: "/elsewhere" } },
      { body: `<html>${CIGAR.password}</html>` },
      json([CIGAR.password]),
      { status: 400, ...json({ detail: `Bad header: Bearer ${TOKEN}` }) },
    ];
    for (const answer of answers) {
      const { server, client } = await startFaulty([answer], { retries: 0 });
      for (const ask of [client.getUserCredentials("ada", "cigar"), client.getCredential({ connector: "odoo" })]) {
        const failure = await failureOf(ask);
        expect(failure).toBeInstanceOf(PosternError);
        expect(inspect(failure, { depth: null })).not.toMatch(new RegExp(`${CIGAR.password}|${TOKEN}`));
      }
      expect(server.requests.map((request) => request.path)).not.toContain("/elsewhere");
      expect(inspect(client, { depth: null, showHidden: true })).not.toContain(TOKEN);
    }
    const port = await findRefusingPort();
    const nobody = createPosternClient({ url: `http://127.0.0.1:${port}`, token: `${TOKEN}\n` });
    expect(await failureOf(nobody.accessToken())).toEqual(
      new TypeError("No token: one has printable ASCII characters and no spaces."),
    );
    expect(() => createPosternClient({ url: `https://u:${TOKEN}@x`, token: TOKEN })).toThrow(/^The URL of Postern must be https/);
  });

  it("is built by its own configuration into a package that plain Node loads", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "postern-client-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    execFileSync("node_modules/.bin/tsc", ["-p", "clients/typescript", "--outDir", folder], { stdio: "inherit" });
    const entry = JSON.stringify(pathToFileURL(path.join(folder, "index.js")));
    const script = `const { createPosternClient } = await import(${entry});
      console.log(Object.keys(createPosternClient({ url: "https://postern.example", token: "t" })).join(" "));`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" });
    expect(printed).toBe("getUserCredentials getCredential accessToken query\n");
  });
});
