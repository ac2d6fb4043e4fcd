import { expect, it, onTestFinished, vi } from "vitest";
import { type Gateway, startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { sendRaw } from "../support/raw-request.ts";
import { answerOf, ask, createServiceToken } from "../support/rest.ts";

/** One route of each system that takes a body or none, with its key for errors. */
const ROUTES = [
  { target: "PUT /api/user/credentials", key: "detail", allow: "PUT, GET, DELETE", below: "/api/user/nothing" },
  { target: "GET /api/v1/credentials/bpauley/cigar", key: "detail", allow: "GET", below: "/api/v1/credentials/bpauley/cigar/x" },
  { target: "POST /api/credentials", key: "error", allow: "GET, POST", below: "/api/credentials/a/b" },
  { target: "POST /api/v1/profile/odoo-credentials", key: "detail", allow: "POST, GET, DELETE", below: "/api/v1/profile" },
  { target: "POST /set_api_key", key: "detail", allow: "POST", below: "/set_api_key/x" },
] as const;

const BODIES = ROUTES.filter(({ target }) => !target.startsWith("GET"));
const NOTHING_HERE = "There is nothing here.";

function pathOf(target: string): string {
  return target.split(" ")[1] ?? "";
}

async function tokenFor(gateway: Gateway, target: string): Promise<string> {
  return target.includes("bpauley") ? createServiceToken(gateway) : (await gateway.signUp("john_doe")).token;
}

it("a missing and a bad token are 401 with a challenge, under each system's own key", async () => {
  const gateway = await startGateway();
  const answers = [];
  for (const { target, key } of ROUTES) {
    for (const authorization of [undefined, "Bearer nonsense", "Basic YTpi", "Bearer eyJhbGciOiJub25lIn0.e30."]) {
      const answer = await ask(gateway, target, authorization === undefined ? {} : { headers: { authorization } });
      answers.push([answer.status, Object.keys(answer.body as object), answer.headers.get("www-authenticate")]);
      expect(answers.at(-1)).toEqual([401, [key], "Bearer"]);
    }
  }
  expect(answers.length).toBe(20);
});

it("another method is 405 and told which are taken, before anybody asks who calls", async () => {
  const gateway = await startGateway();
  for (const { target, key, allow } of ROUTES) {
    const answer = await ask(gateway, `PATCH ${pathOf(target)}`, { raw: { body: "{", type: "text/plain" } });
    expect({ status: answer.status, body: answer.body, allow: answer.headers.get("allow") }).toEqual({
      status: 405,
      body: { [key]: "This address does not take that method." },
      allow,
    });
    expect((await ask(gateway, `OPTIONS ${pathOf(target)}`)).status).toBe(405);
    expect((await fetch(`${gateway.url}${pathOf(target)}`, { method: "HEAD" })).status).toBe(405);
  }
});

it("an address with a scheme and a host before it, as a proxy is sent, is judged by its path", async () => {
  const gateway = await startGateway();
  for (const { target, key, allow } of ROUTES) {
    const path = `HTTP://postern.example${pathOf(target)}`;
    const { status, headers, body } = await sendRaw(gateway.url, { method: "PATCH", path });
    expect([status, headers.allow, JSON.parse(body)]).toEqual([405, allow, { [key]: "This address does not take that method." }]);
  }
});

it("an address below a system that is no route is 404 under the system's key, and elsewhere under Postern's own", async () => {
  const gateway = await startGateway();
  for (const { below, key } of ROUTES) {
    for (const path of [below, `${below}/`, `${below}?x=1`]) {
      expect(await answerOf(gateway, `GET ${path}`)).toEqual({ status: 404, body: { [key]: NOTHING_HERE } });
      expect(await answerOf(gateway, `POST ${path}`, { json: {} })).toEqual({ status: 404, body: { [key]: NOTHING_HERE } });
    }
  }
  expect(await answerOf(gateway, "GET /api/nothing")).toEqual({
    status: 404,
    body: { error: { code: "NOT_FOUND", message: NOTHING_HERE } },
  });
});

it("calls through the gateway are refused alike where they take no method or name no path", async () => {
  const gateway = await startGateway();
  for (const path of ["/api/user/call/x", "/api/call/credential_x/y"]) {
    const answer = await ask(gateway, `OPTIONS ${path}`);
    expect([answer.status, answer.body, answer.headers.get("allow")]).toEqual([
      405,
      { detail: "This address does not take that method." },
      "GET, HEAD, POST, PUT, PATCH, DELETE",
    ]);
  }
  for (const path of ["/api/user/call", "/api/call/x", "/api/call"]) {
    expect(await answerOf(gateway, `GET ${path}`)).toEqual({ status: 404, body: { detail: NOTHING_HERE } });
  }
});

it("an address that cannot be decoded is 400 under the system's key", async () => {
  const gateway = await startGateway();
  for (const { target, key } of ROUTES) {
    const answer = await answerOf(gateway, `GET ${pathOf(target)}/%zz`);
    expect(answer).toEqual({ status: 400, body: { [key]: "The request is malformed." } });
  }
});

it("a slash at the end makes no difference", async () => {
  const gateway = await startGateway();
  for (const { target, key } of ROUTES) {
    expect(Object.keys((await ask(gateway, `${target}/`)).body as object)).toEqual([key]);
    expect((await ask(gateway, `${target}/`)).status).toBe(401);
  }
});

it("malformed JSON, no JSON, another media type and no body at all are clear refusals", async () => {
  const gateway = await startGateway();
  const token = (await gateway.signUp("john_doe")).token;
  const malformed = "The request is malformed.";
  const unsupported = "The request body's media type or encoding is not taken here.";
  for (const { target, key } of BODIES) {
    const send = (body: string, type = "application/json") => answerOf(gateway, target, { token, raw: { body, type } });
    const bodies = ["{", '{"a":1,}', "nope", '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{}}}', "[".repeat(100_000)];
    for (const body of bodies) expect(await send(body)).toEqual({ status: 400, body: { [key]: malformed } });
    for (const body of ["null", "[]", "1", '"text"', "{}", ""]) {
      const { status, body: answer } = await send(body);
      expect([body, status, Object.keys(answer as object)]).toEqual([body, 400, [key]]);
    }
    expect(await answerOf(gateway, target, { token })).toMatchObject({ status: 400 });
    for (const type of ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonx"]) {
      expect(await send("{}", type)).toEqual({ status: 415, body: { [key]: unsupported } });
    }
    const packed = await ask(gateway, target, { token, json: {}, headers: { "content-encoding": "gzip" } });
    expect([packed.status, packed.body]).toEqual([415, { [key]: unsupported }]);
  }
});

it("a type that is named for a body that is not sent is no reason to refuse", async () => {
  const gateway = await startGateway();
  const { token } = await gateway.signUp("john_doe");
  for (const type of ["application/x-www-form-urlencoded", "text/plain", "application/json"]) {
    const send = (target: string) => answerOf(gateway, target, { token, raw: { body: "", type } });
    expect(await send("POST /api/user/token")).toMatchObject({ status: 404 });
    expect(await send("DELETE /api_keys/openai")).toEqual({ status: 404, body: { detail: "No API key for openai" } });
    expect(await send("POST /set_api_key")).toEqual({ status: 400, body: { detail: "model_name must be a text." } });
  }
});

it("a body of 10 MB is 413 for who may send one, 401 for who may not, and the connection lives to tell it", async () => {
  const gateway = await startGateway();
  const token = (await gateway.signUp("john_doe")).token;
  const raw = { body: `"${"x".repeat(10 * 1024 * 1024)}"`, type: "application/json" };
  for (const { target, key } of BODIES) {
    expect(await answerOf(gateway, target, { token, raw })).toEqual({
      status: 413,
      body: { [key]: "The request body is too large." },
    });
    expect((await ask(gateway, target, { raw })).status).toBe(401);
    const [method, path] = target.split(" ");
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const streamed = { method, headers, body: new Blob([raw.body]).stream(), duplex: "half" } as RequestInit;
    expect((await fetch(`${gateway.url}${path}`, streamed)).status).toBe(413);
  }
});

it("calls of an upstream that hangs are so many of one caller, and keep nobody else out", async () => {
  const upstream = await startMisbehavingServer("hang");
  const bounds = { REQUESTS_IN_FLIGHT: "3", CALLER_REQUESTS: "2", UPSTREAM_ALLOW: "127.0.0.0/8" };
  const gateway = await startGateway(bounds);
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const call = async (name: string) => {
    const { token } = await gateway.signUp(name);
    const credentials = { api_key: "sk-0123456789", base_url: upstream.origin };
    const stored = await ask(gateway, "POST /api/credentials", { token, json: { credentialType: "llm-api-key", credentials } });
    const { id } = (stored.body as { credentials: { id: string } }).credentials;
    const headers = { authorization: `Bearer ${token}` };
    return () => fetch(`${gateway.url}/api/call/${id}/x`, { headers, signal: gone.signal });
  };
  const [john, jane, other] = [await call("john_doe"), await call("jane_doe"), (await gateway.signUp("other")).token];
  const hanging = [john(), john(), jane()].map((answer) => answer.catch(() => null));
  await vi.waitFor(() => expect(upstream.requests.length).toBe(3), 5_000);
  const refused = [await john(), await jane()];
  expect(refused.map(({ status, headers }) => [status, headers.get("retry-after")])).toEqual([
    [429, "1"],
    [503, "1"],
  ]);
  expect((await ask(gateway, "GET /me", { token: other })).status).toBe(200);
  gone.abort();
  await Promise.all(hanging);
});

it("a form has room for the longest name and password, and not for much more", async () => {
  const gateway = await startGateway();
  for (const target of ["POST /login", "POST /api/v1/auth/token"]) {
    const long = await ask(gateway, target, { form: { username: "ü".repeat(64), password: "ü".repeat(512) } });
    const longer = await answerOf(gateway, target, { form: { username: "x", password: "x".repeat(70_000) } });
    expect([long.status, longer]).toEqual([401, { status: 413, body: { detail: "The request body is too large." } }]);
  }
});

it("a form comes in either media type, and what is malformed, a file or there twice signs nobody in", async () => {
  const gateway = await startGateway();
  await gateway.signUp("john_doé");
  const send = async (fields: readonly (readonly [string, string | Blob])[]) => {
    const body = new FormData();
    for (const [name, value] of fields) body.append(name, value);
    const response = await fetch(`${gateway.url}/login`, { method: "POST", body });
    return { status: response.status, body: (await response.json()) as object };
  };
  const name = ["username", "john_doé"] as const;
  const password = ["password", USER_PASSWORD] as const;
  const textOf = (field: string) => ({ status: 400, body: { detail: `${field} must be a text.` } });
  const token = { access_token: expect.stringMatching(/^eyJ/), token_type: "bearer" };
  expect(await send([name, password, ["grant_type", "password"], ["__proto__", "x"]])).toEqual({ status: 200, body: token });
  expect(await send([name, ["password", "not it"]])).toMatchObject({ status: 401 });
  expect(await send([name])).toEqual(textOf("password"));
  expect(await send([name, password, name])).toEqual(textOf("username"));
  expect(await send([name, ["password", new Blob([USER_PASSWORD])]])).toEqual(textOf("password"));
  expect(await send([name, ["password", "x".repeat(70_000)]])).toMatchObject({ status: 413 });
  for (const type of ["multipart/form-data", "multipart/form-data; boundary=x", 'multipart/form-data; boundary="']) {
    const raw = { body: "username=john_do%C3%A9&password=x", type };
    expect(await answerOf(gateway, "POST /login", { raw })).toEqual({
      status: 400,
      body: { detail: "The request is malformed." },
    });
  }
});

it("a JSON body that is not UTF-8 is refused, so that no secret is stored with other characters than were sent", async () => {
  const gateway = await startGateway();
  const token = (await gateway.signUp("john_doe")).token;
  const detail = "The request body is not UTF-8.";
  const key = { model_name: "llama", api_key: "s\u00e9" };
  const latin1 = new Uint8Array(Buffer.from(JSON.stringify(key), "latin1"));
  for (const type of ["application/json", "application/json; charset=iso-8859-1"]) {
    const raw = { body: latin1, type };
    expect(await answerOf(gateway, "POST /set_api_key", { token, raw })).toEqual({ status: 400, body: { detail } });
    expect(await answerOf(gateway, "POST /register", { raw })).toEqual({ status: 400, body: { detail } });
    const { status, body } = await answerOf(gateway, "POST /graphql", { token, raw });
    expect([status, body]).toMatchObject([400, { errors: [{ message: detail, extensions: { code: "BAD_USER_INPUT" } }] }]);
  }
});

it("every answer says not to be stored, and no answer of a route is 500", async () => {
  const gateway = await startGateway();
  for (const { target } of ROUTES) {
    const token = target.includes("bpauley") ? await tokenFor(gateway, target) : undefined;
    const answer = await ask(gateway, target, { token });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.status).toBeLessThan(500);
  }
});

type Schema = { readonly type?: string; readonly properties?: Readonly<Record<string, Schema>> };
type Described = {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
};

const LONG = [
  ["a".repeat(200_000), "a quarter of a megabyte"],
  ["\\".repeat(100_000), "backslashes"],
  ["a".repeat(1_048_576), "a megabyte"],
] as const;

it("a megabyte in any text that a route takes is refused, by every route and at once", { timeout: 120_000 }, async () => {
  const gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: "0" });
  const { token } = await gateway.signUp("john_doe");
  const { paths } = (await ask(gateway, "GET /openapi.json")).body as { paths: Record<string, Record<string, Described>> };
  const places = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [], requestBody }]) => {
      const [type = "", content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
      const fields = Object.keys(content?.schema.properties ?? {});
      const target = `${method.toUpperCase()} ${path}`;
      return [
        ...fields.map((field) => ({ target, field, in: type, fields })),
        ...parameters.map(({ name, in: where }) => ({ target, field: name, in: where, fields })),
      ];
    }),
  );
  expect(places.length).toBeGreaterThan(20);
  const wrong: unknown[] = [];
  for (const { target, field, in: where, fields } of places) {
    for (const [text, name] of LONG) {
      const values = { ...Object.fromEntries(fields.map((each) => [each, "x"])), [field]: text };
      const body = where === "application/json" ? { json: values } : where.endsWith("urlencoded") ? { form: values } : {};
      const path = target.replace(`{${field}}`, where === "path" ? text.slice(0, 300_000) : "x").replaceAll(/\{\w+\}/g, "x");
      const began = performance.now();
      const { status } = await ask(gateway, where === "query" ? `${path}?${field}=${text}` : path, { token, ...body });
      const seconds = (performance.now() - began) / 1_000;
      if (status < 400 || status >= 500 || seconds > 5) wrong.push({ target, field, name, status, seconds });
    }
  }
  expect(wrong).toEqual([]);
});
