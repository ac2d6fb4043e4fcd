import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { type CallGateway, startCallGateway } from "../support/call-gateway.ts";
import { tokenOf } from "../support/call-node.ts";
import { type Answering, type Fault, findRefusingPort, startMisbehavingServer } from "../support/misbehaving-server.ts";
import { beginRequest, headOf, type RawRequest, sendRaw } from "../support/raw-request.ts";
import { startStreamingServer, until } from "../support/raw-upstream.ts";

const KEY = "sk-0123456789abcdefXYZ";

/** Ada with a key for an upstream at `origin` whose API is below /v1. */
async function startForAda(origin: string, limits = {}) {
  const gateway = await startCallGateway(limits);
  const ada = await gateway.addUser("ada");
  const id = await gateway.addCredential(ada, "llm-api-key", { api_key: KEY, base_url: `${origin}/v1` });
  return { gateway, ada, id, send: (raw: RawRequest) => sendAs(gateway, "ada", { ...raw, path: `/api/call/${id}${raw.path}` }) };
}

function sendAs(gateway: CallGateway, username: string, raw: RawRequest) {
  return sendRaw(gateway.url, { ...raw, headers: { ...raw.headers, authorization: `Bearer ${tokenOf(username)}` } });
}

const detailOf = (body: string) => (JSON.parse(body) as { detail: string }).detail;

describe("what the upstream sees", () => {
  test("is never the caller's token: in an address it is refused, and no header of another name has it", async () => {
    const upstream = await startMisbehavingServer(() => ({ body: "done" }));
    const { send } = await startForAda(upstream.origin);
    const token = tokenOf("ada");
    const encoded = [...token].map((character) => `%${character.charCodeAt(0).toString(16)}`).join("");
    for (const path of [`/models?key=${token}`, `/models?access_token=${encoded}`, `/${token}/models`]) {
      const { status, body } = await send({ path });
      expect([status, detailOf(body)]).toEqual([400, expect.stringMatching(/^Your token of Postern belongs into the header/)]);
    }
    expect(upstream.requests).toEqual([]);
    await send({ path: "/models", headers: { "x-request-id": token, "user-agent": `sdk (${token})`, "x-trace": "t1" } });
    const [seen] = upstream.requests;
    expect([JSON.stringify(seen).includes(token), seen?.headers["x-trace"]]).toEqual([false, "t1"]);
  });

  test("is the caller's method, path, query and content with one credential, and nothing of who called Postern", async () => {
    const upstream = await startMisbehavingServer(() => ({ body: "done" }));
    const { gateway, id } = await startForAda(upstream.origin);
    const answer = await sendAs(gateway, "ada", {
      method: "POST",
      path: `/api/call/${id}/chat/a%2Fb/?x=1&y=%20#`.replace("#", ""),
      headers: {
        connection: "Authorization, X-Hop, close",
        host: "other.example",
        cookie: "session=1",
        "x-csrf-token": "t",
        "x-api-key": "mine",
        "x-service-token": "pst_x",
        "x-forwarded-for": "203.0.113.9",
        forwarded: "for=203.0.113.9",
        "x-original-url": "/admin",
        "x-http-method-override": "DELETE",
        "x-hop": "1",
        te: "trailers",
        "accept-encoding": "gzip",
        range: "bytes=0-1",
        "content-type": "text/plain",
        accept: "text/plain",
        "x-request-id": "r1",
      },
      body: "hello",
    });
    expect([answer.status, answer.body]).toEqual([200, "done"]);
    expect(upstream.requests).toEqual([
      {
        method: "POST",
        path: "/v1/chat/a%2Fb/?x=1&y=%20",
        body: "hello",
        headers: {
          host: new URL(upstream.origin).host,
          connection: "keep-alive",
          "user-agent": "Postern",
          "content-type": "text/plain",
          "content-length": "5",
          accept: "text/plain",
          "accept-encoding": "identity",
          "x-request-id": "r1",
          authorization: `Bearer ${KEY}`,
        },
      },
    ]);
  });

  test("is the connector's own way of carrying the key, which replaces what the caller sent by that name", async () => {
    const upstream = await startMisbehavingServer();
    const gateway = await startCallGateway();
    const ada = await gateway.addUser("ada");
    const anthropic = await gateway.addCredential(ada, "anthropic", { api_key: KEY, base_url: upstream.origin });
    const apiKey = "0123456789abcdef0123456789abcdef01234567";
    const odoo = await gateway.addCredential(ada, "odoo", {
      url: upstream.origin,
      database: "prod",
      username: "ada",
      password: apiKey,
    });
    await sendAs(gateway, "ada", { path: `/api/call/${anthropic}/v1/models`, headers: { "x-api-key": "mine" } });
    await sendAs(gateway, "ada", { path: `/api/call/${anthropic}/v1/models`, headers: { "Anthropic-Version": "2099-01-01" } });
    await sendAs(gateway, "ada", { path: `/api/call/${odoo}/res.users/context_get`, headers: { "X-Odoo-Database": "other" } });
    expect(
      upstream.requests.map(({ path, headers }) => [
        path,
        headers["x-api-key"],
        headers.authorization,
        headers["anthropic-version"] ?? headers["x-odoo-database"],
      ]),
    ).toEqual([
      ["/v1/models", KEY, undefined, "2023-06-01"],
      ["/v1/models", KEY, undefined, "2099-01-01"],
      ["/json/2/res.users/context_get", undefined, `bearer ${apiKey}`, "prod"],
    ]);
  });

  test("is nothing at all of a path that leads elsewhere", async () => {
    const upstream = await startMisbehavingServer();
    const { send } = await startForAda(upstream.origin);
    const paths = [
      "//evil.example/x",
      "/@evil.example",
      "/..",
      "/../admin",
      "/a/../../admin",
      "/%2e%2e/admin",
      "/..%2fadmin",
      "/%252e%252e/x",
    ];
    const more = ["/a/./b", "/%2E/", "/a%5c..%5cb", "/\\evil.example", "/a%00b", "/a%0d%0aX:y", "/..;/x", "/a//b"];
    for (const path of [...paths, ...more]) {
      const answer = await send({ path });
      expect([path, answer.status, Object.keys(JSON.parse(answer.body))], path).toEqual([path, 400, [expect.any(String)]]);
    }
    expect((await send({ path: "/%c0%ae%c0%ae/x" })).status).toBe(400);
    expect(upstream.requests).toEqual([]);
  });

  test("is nothing of requests that would change the protocol or send a body with GET", async () => {
    const upstream = await startMisbehavingServer();
    const { send } = await startForAda(upstream.origin);
    const answers = [
      await send({ path: "/x", headers: { connection: "Upgrade", upgrade: "websocket" } }),
      await send({ path: "/x", headers: { te: "gzip" } }),
      await send({ path: "/x", headers: { "content-length": "2" }, body: "{}" }),
      await send({ path: "/x", method: "TRACE" }),
      await send({ path: "/x", method: "OPTIONS" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 405, 405]);
    expect(answers.slice(0, 3).map(({ body }) => detailOf(body))).toEqual([
      "Upgrades of the connection are not passed on.",
      "The transfer codings of TE are not supported.",
      "GET carries no body.",
    ]);
    expect(upstream.requests).toEqual([]);
  });
});

describe("who may call", () => {
  test("nobody without a token, and with whom it is not learns nothing: another's credential is answered as one that is not there", async () => {
    const upstream = await startMisbehavingServer();
    const { gateway, id } = await startForAda(upstream.origin);
    await gateway.addUser("bob");
    const absent = "credential_01jd3k8v4efy8r2m5x7q9w0z1a";
    const answers = [
      await sendRaw(gateway.url, { path: `/api/call/${id}/x` }),
      await sendRaw(gateway.url, { path: `/api/call/${id}/x`, headers: { authorization: "Bearer wrong" } }),
      await sendAs(gateway, "bob", { path: `/api/call/${id}/x` }),
      await sendAs(gateway, "bob", { path: `/api/call/${absent}/x` }),
      await sendAs(gateway, "bob", { path: "/api/call/anything/x" }),
      await sendAs(gateway, "bob", { path: "/api/user/call/x" }),
    ];
    expect(answers.map(({ status, headers }) => [status, headers["www-authenticate"]])).toEqual([
      [401, "Bearer"],
      [401, "Bearer"],
      [404, undefined],
      [404, undefined],
      [404, undefined],
      [404, undefined],
    ]);
    expect(answers[2]?.body).toBe(answers[3]?.body);
    expect([upstream.requests, await gateway.trail()]).toEqual([[], []]);
  });

  test("with a credential of a connector that has no calls, nobody", async () => {
    const gateway = await startCallGateway();
    const id = await gateway.addCredential(await gateway.addUser("ada"), "app-login", {
      email: "a@b.example",
      password: "secret",
    });
    const answer = await sendAs(gateway, "ada", { path: `/api/call/${id}/x` });
    expect([answer.status, detailOf(answer.body)]).toEqual([400, "No calls can be made with a credential of app-login."]);
  });
});

describe("what the caller gets", () => {
  test("is the upstream's status, body and content headers; cookies and policies are not the upstream's to set", async () => {
    const upstream = await startMisbehavingServer(() => ({
      status: 418,
      headers: {
        "content-type": "text/html",
        etag: '"1"',
        "set-cookie": ["a=1", "b=2"],
        "content-security-policy": "default-src *",
        "access-control-allow-origin": "*",
        "strict-transport-security": "max-age=1",
        "clear-site-data": '"*"',
        refresh: "0;url=https://evil.example",
        "service-worker-allowed": "/",
        "content-disposition": 'attachment; filename="ü"',
      },
      body: "<p>ü</p>",
    }));
    const { send } = await startForAda(upstream.origin);
    const { status, headers, body } = await send({ path: "/x" });
    const { date, connection, "keep-alive": keepAlive, ...rest } = headers;
    expect([status, body, rest]).toEqual([
      418,
      "<p>ü</p>",
      {
        "content-type": "text/html",
        etag: '"1"',
        "content-disposition": 'attachment; filename="ü"',
        "x-content-type-options": "nosniff",
        "content-security-policy":
          "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
        "x-postern-source": "user",
        "transfer-encoding": "chunked",
      },
    ]);
  });

  test("has a length and no copy of the secret where it came whole", async () => {
    const body = JSON.stringify({ echo: KEY });
    const headers = { "content-type": "application/json", "content-length": String(body.length), "set-cookie": "a=1" };
    const upstream = await startMisbehavingServer(() => ({ headers, body }));
    const answer = await (await startForAda(upstream.origin)).send({ path: "/x" });
    expect([answer.body, answer.headers["content-length"], answer.headers["set-cookie"]]).toEqual([
      '{"echo":"***"}',
      "14",
      undefined,
    ]);
  });

  test("has no copy of the secret, in body or headers, whatever spelling the upstream echoes and however it is cut", async () => {
    const bytes = Buffer.from(KEY);
    const echoes = {
      raw: KEY,
      base64: bytes.toString("base64"),
      pair: Buffer.from(`ada:${KEY}`).toString("base64"),
      base64url: bytes.toString("base64url"),
      url: encodeURIComponent(KEY),
      json: JSON.stringify(KEY),
    };
    const text = `begin ${JSON.stringify(echoes)} end`;
    let cut = 0;
    const upstream = await startStreamingServer(async (_, response) => {
      response.writeHead(200, { location: `/?k=${KEY}`, etag: `"${echoes.base64}"` }).flushHeaders();
      response.write(text.slice(0, cut));
      await new Promise(setImmediate);
      response.end(text.slice(cut));
    });
    const { send } = await startForAda(upstream.origin);
    const bodies = new Set<string>();
    for (cut = 1; cut < text.length; cut += 7) {
      const { headers, body } = await send({ path: "/echo" });
      bodies.add(body);
      expect([headers.location, headers.etag]).toEqual(["/?k=***", '"***"']);
    }
    const [body = "", ...others] = bodies;
    expect(others).toEqual([]);
    expect(Object.entries(echoes).filter(([, echo]) => body.includes(echo))).toEqual([]);
    expect([body.startsWith('begin {"raw":"***","base64":"***"'), body.endsWith(" end")]).toEqual([true, true]);
  });

  test("is a stream of events at once, head and each event, before the upstream ends", async () => {
    let events: ServerResponse | undefined;
    const upstream = await startStreamingServer((_, response) => {
      events = response;
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    });
    const { gateway, id } = await startForAda(upstream.origin);
    const headers = { authorization: `Bearer ${tokenOf("ada")}` };
    const begun = beginRequest(gateway.url, { path: `/api/call/${id}/events`, headers });
    begun.end();
    const answer = await headOf(begun);
    const seen: string[] = [];
    for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
      events?.write(event);
      seen.push(String((await once(answer, "data"))[0]));
    }
    expect([answer.statusCode, seen, answer.complete]).toEqual([200, ["data: 1\n\n", "data: 2\n\n"], false]);
    let isClosed = false;
    events?.once("close", () => {
      isClosed = true;
    });
    begun.destroy();
    await until(() => isClosed);
  });

  test("is what goes up as it goes: the upstream answers while the caller still sends", async () => {
    const upstream = await startStreamingServer((request, response) => request.pipe(response));
    const { gateway, id } = await startForAda(upstream.origin);
    const headers = { authorization: `Bearer ${tokenOf("ada")}`, "content-type": "application/json" };
    const begun = beginRequest(gateway.url, { method: "POST", path: `/api/call/${id}/echo`, headers });
    begun.write("one");
    const answer = await headOf(begun);
    const first = String((await once(answer, "data"))[0]);
    begun.end("two");
    expect([first, String((await once(answer, "data"))[0])]).toEqual(["one", "two"]);
  });
});

test("a caller who is refused hears why, also in the middle of sending much", async () => {
  const { gateway, id } = await startForAda("http://169.254.169.254");
  const body = Buffer.alloc(3 * 1024 * 1024);
  const refused = await sendRaw(gateway.url, { method: "POST", path: `/api/call/${id}/x`, body });
  const blocked = await sendAs(gateway, "ada", { method: "POST", path: `/api/call/${id}/x`, body });
  expect([refused.status, blocked.status]).toEqual([401, 502]);
});

describe("an upstream that fails", () => {
  test.each([
    ["reset", 502],
    ["half-closed", 502],
    ["garbage-status", 502],
    ["two-codings", 502],
  ] as const)("before its answer (%s) is a %i with a reason", async (fault, status) => {
    const upstream = await startMisbehavingServer(fault);
    const { send } = await startForAda(upstream.origin);
    const answer = await send({ path: "/x" });
    expect([answer.status, typeof detailOf(answer.body)]).toEqual([status, "string"]);
  });

  test("before its answer, by silence, is a 504 with a reason", async () => {
    const upstream = await startMisbehavingServer("hang");
    const gateway = await startCallGateway({ firstByteMs: 150 });
    const values = {
      url: upstream.origin,
      database: "prod",
      username: "ada",
      password: "0123456789abcdef0123456789abcdef01234567",
    };
    const id = await gateway.addCredential(await gateway.addUser("ada"), "odoo", values);
    const answer = await sendAs(gateway, "ada", { path: `/api/call/${id}/x` });
    const reason = `${upstream.origin} accepted the call and gave no answer in time.`;
    expect([answer.status, detailOf(answer.body)]).toEqual([504, reason]);
  });

  test.each(["length-too-great", "stalled-body", "broken-gzip", "oversized"] as const satisfies Fault[])(
    "in the middle of its answer (%s) has the answer cut, never ended well",
    async (fault) => {
      const upstream = await startMisbehavingServer(fault);
      const { send, gateway } = await startForAda(upstream.origin, { idleMs: 150, maxBytes: 5_000_000 });
      await expect(send({ path: "/x" })).rejects.toThrow();
      const [, ended] = await gateway.trail();
      expect(ended).toMatchObject({ action: "UPSTREAM_CALLED", outcome: "FAILED", details: { status: 200, code: "INCOMPLETE" } });
    },
  );

  test("to be there, or that may not be called, is a 502", async () => {
    const refusing = await startForAda(`http://127.0.0.1:${await findRefusingPort()}`);
    expect((await refusing.send({ path: "/x" })).status).toBe(502);
    const blocked = await startForAda("http://169.254.169.254");
    expect((await blocked.send({ path: "/x" })).status).toBe(502);
  });

  test("gets no call with a stored value that no header can carry, and the value is not printed", async () => {
    const gateway = await startCallGateway();
    const password = "0123456789abcdef0123456789abcdef01234567";
    const values = { url: "http://127.0.0.1:1", database: "€-Injected", username: "ada", password };
    const id = await gateway.addCredential(await gateway.addUser("ada"), "odoo", values);
    const answer = await sendAs(gateway, "ada", { path: `/api/call/${id}/x` });
    expect([answer.status, answer.body]).toEqual([502, expect.not.stringMatching(/Injected|0123456789/)]);
  });
});

describe("a login-api credential", () => {
  /** An upstream whose login gives token-1, token-2, …, and whose API takes the last one that `accepts` names. */
  async function startLoginUpstream(accepts: () => string) {
    let logins = 0;
    const answering: Answering = ({ path, headers, body }) => {
      if (path === "/login") {
        logins += 1;
        return { body: JSON.stringify({ statusCode: 200, accessToken: `token-number-${logins}` }) };
      }
      if (headers.authorization !== `Bearer ${accepts()}`) return { status: 401, body: `not ${headers.authorization}` };
      return { body: `did ${body}` };
    };
    const upstream = await startMisbehavingServer(answering);
    const gateway = await startCallGateway();
    const values = {
      email: "ada@example.com",
      password: "correct horse",
      login_url: `${upstream.origin}/login`,
      base_url: `${upstream.origin}/api/`,
    };
    await gateway.addCredential(await gateway.addUser("ada"), "login-api", values);
    const send = (raw: RawRequest) => sendAs(gateway, "ada", { ...raw, path: `/api/user/call${raw.path}` });
    return { upstream, gateway, send, logins: () => logins };
  }

  test("is used by its access token, one login for many calls", async () => {
    const { upstream, send, logins } = await startLoginUpstream(() => "token-number-1");
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => send({ path: `/clusters?page=${index}` })));
    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(Array(20).fill("200 did "));
    expect([logins(), upstream.requests.filter(({ path }) => path.startsWith("/api/clusters?page=")).length]).toEqual([1, 20]);
  });

  test("whose token is refused gets one new token, and the call goes out once more, a small POST too", async () => {
    const { upstream, send, logins } = await startLoginUpstream(() => "token-number-2");
    const answer = await send({ method: "POST", path: "/x", body: "this" });
    expect([answer.status, answer.body, logins()]).toEqual([200, "did this", 2]);
    expect(upstream.requests.map(({ path, body }) => [path, path === "/login" ? "" : body])).toEqual([
      ["/login", ""],
      ["/api/x", "this"],
      ["/login", ""],
      ["/api/x", "this"],
    ]);
  });

  test("whose every token is refused is tried twice, and the caller gets the refusal without the token", async () => {
    const { upstream, send, logins } = await startLoginUpstream(() => "none");
    const answer = await send({ path: "/x" });
    expect([answer.status, answer.body, logins(), upstream.requests.length]).toEqual([401, "not Bearer ***", 2, 4]);
  });

  test("sends a body that it cannot keep only once; the next call has the new token", async () => {
    const { upstream, send, logins } = await startLoginUpstream(() => "token-number-2");
    const first = await send({ method: "POST", path: "/x", body: Buffer.alloc(2 * 1024 * 1024, "x") });
    const second = await send({ method: "POST", path: "/x", headers: { "transfer-encoding": "chunked" }, body: "this" });
    expect([first.status, second.status, second.body, logins()]).toEqual([401, 200, "did this", 2]);
    expect(upstream.requests.map(({ path }) => path)).toEqual(["/login", "/api/x", "/login", "/api/x"]);
  });
});

describe("the audit trail", () => {
  test("says before the call that it begins, and after it what came of it, without query, body or secret", async () => {
    const upstream = await startMisbehavingServer(() => ({ status: 201, body: "1234567" }));
    const { gateway, send } = await startForAda(upstream.origin);
    await send({ method: "POST", path: "/things/1?secret=query", body: "secret body" });
    const details = { connector: "llm-api-key", method: "POST", path: "/things/1", source: "USER" };
    const event = { outcome: "SUCCEEDED", actorType: "USER", targetType: "Credential" };
    expect(await gateway.trail()).toEqual([
      { ...event, action: "UPSTREAM_CALL_STARTED", details },
      {
        ...event,
        action: "UPSTREAM_CALLED",
        details: { ...details, status: 201, bytes: 7, code: null, durationMs: expect.any(Number) },
      },
    ]);
  });

  test("that cannot be written refuses the call, and no secret leaves", async () => {
    const upstream = await startMisbehavingServer();
    const { gateway, send } = await startForAda(upstream.origin);
    await gateway.breakAudit();
    const answer = await send({ path: "/x" });
    expect([answer.status, Object.keys(JSON.parse(answer.body)), upstream.requests]).toEqual([503, ["detail"], []]);
  });
});

test("a thousand calls of two users in turns: each gets the answer to its own, and each user's key goes with it", async () => {
  const upstream = await startMisbehavingServer(async ({ path, headers }) => {
    await new Promise((resolve) => setTimeout(resolve, Number(path.at(-1))));
    return { body: JSON.stringify([path, headers.authorization?.slice(-4)]) };
  });
  const gateway = await startCallGateway();
  const users = await Promise.all(
    ["ada1", "bob2"].map(async (name) => {
      const values = { api_key: `sk-longer-than-eight-${name}`, base_url: upstream.origin };
      return { name, id: await gateway.addCredential(await gateway.addUser(name), "llm-api-key", values) };
    }),
  );
  const crossed: string[] = [];
  const callAs = async (index: number) => {
    const user = users[index % 2];
    const { body } = await sendAs(gateway, user?.name ?? "", { path: `/api/call/${user?.id}/${index}` });
    if (body !== JSON.stringify([`/${index}`, user?.name])) crossed.push(`${index}: ${body}`);
  };
  for (let start = 0; start < 1_000; start += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, offset) => callAs(start + offset)));
  }
  expect(crossed).toEqual([]);
  expect(upstream.requests.length).toBe(1_000);
  expect(upstream.connectionCount()).toBeLessThan(1_000);
}, 120_000);
