import { connect } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { accountAt, type Caller, knockByCall, saveUntested } from "./outbound-doors.ts";
import { type RawMessage, type RecordingUpstream, startRecordingUpstream } from "./recording-upstream.ts";

const words = (text: string) => text.trim().split(/\s+/);

const KEY = accountAt("").values.api_key ?? "";
/** What stands in every hostile part of a request: seen at the upstream, the part has gone through. */
const MARK = "hostile-canary";
/** Root of the API below the upstream; calls may go nowhere else. */
const ROOT = "/v1/api";

/** Headers that are a credential, say who calls or from where, steer the upstream or belong to the connection. */
const HOSTILE_HEADERS = words(`
  Authorization Cookie Cookie2 Proxy-Authorization Proxy-Authenticate X-Api-Key X-Auth-Token X-Access-Token X-Service-Token X-Csrf-Token
  X-XSRF-Token X-Session-Id X-Amz-Security-Token X-Goog-Iap-Jwt-Assertion X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto
  X-Forwarded-Port X-Forwarded-Prefix X-Forwarded-Server X-Forwarded-User X-Forwarded-Email X-Forwarded-Access-Token Forwarded Via
  X-Real-IP X-Client-IP X-Cluster-Client-IP True-Client-IP CF-Connecting-IP Fastly-Client-IP X-Originating-IP X-Remote-IP X-Remote-Addr
  Remote-User X-Remote-User X-WebAuth-User X-Authenticated-User X-User-Id X-Original-URL X-Original-Host X-Rewrite-URL X-Host
  X-HTTP-Method X-HTTP-Method-Override X-Method-Override X-Http-Destinationurl Destination Proxy-Connection Keep-Alive Trailer Upgrade-Insecure-Requests
  Origin Referer Sec-Fetch-Site Range Accept-Encoding X-Accel-Redirect X-Sendfile X_Forwarded_For X_User Authorization_ X-Ssl-Client-Cert
  X-Envoy-Original-Path X-Correlation-Token X-Postern-Source`);

/** Names that a client lists in Connection so that they, or what is injected, should go. */
const LISTED = words("Authorization X-Api-Key Host Content-Length Accept User-Agent X-Custom close keep-alive");

const PATHS = words(`
  /.. /../ /../admin /a/../../admin /./a /a/. /a/.. /%2e%2e/admin /%2E%2E/admin /.%2e/admin /%2e./admin /%2e%2e%2fadmin /..%2fadmin
  /..%2Fadmin /%252e%252e/admin /%25252e%25252e/admin /..%252fadmin /a%2f..%2f..%2fadmin /..%5cadmin /%5c..%5cadmin /a\\..\\admin /\\evil
  /%5cevil //evil.example/ ///evil.example/ /%2f%2fevil.example /@evil.example /%40evil.example /%2f@evil.example /a//b /..;/admin /..;x=1/admin
  /%2e%2e;/admin /.;/a /a/..;/..;/admin /..%3b/admin /%c0%ae%c0%ae/admin /%c0%af..%c0%afadmin /%e0%80%ae%e0%80%ae/admin /%f0%80%80%ae/a
  /%uff0e%uff0e/admin /%ef%bc%8e%ef%bc%8e/admin /%ef%bc%8f..%ef%bc%8fadmin /%00 /a%00b /a%0d%0aX-Injected:1 /a%0aX-Injected:1 /a%0db /a%7fb
  /a%1fb /%0d%0a%0d%0aGET%20/admin /a%250d%250ab /%zz /%2 /% /a%ffb /%20.. /..%20/admin /%09../admin /..%00/admin /%e2%80%ae/../a`);

const METHODS = words("TRACE CONNECT OPTIONS PROPFIND PURGE DEBUG get Post PATCHX SEARCH LINK");

/** Framings that two servers may read differently. */
const FRAMINGS: readonly (readonly [name: string, lines: readonly string[], body: string])[] = [
  ["length and chunked", ["Content-Length: 4", "Transfer-Encoding: chunked"], "0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n"],
  ["two lengths", ["Content-Length: 2", "Content-Length: 40"], `{}GET /${MARK} HTTP/1.1\r\n\r\n`],
  ["a list of lengths", ["Content-Length: 2, 40"], "{}"],
  ["a negative length", ["Content-Length: -1"], ""],
  ["a length with a sign", ["Content-Length: +2"], "{}"],
  ["an unknown coding", ["Transfer-Encoding: xchunked"], "0\r\n\r\n"],
  ["a coding with a tab", ["Transfer-Encoding:\tchunked , identity"], "0\r\n\r\n"],
  ["two codings", ["Transfer-Encoding: gzip, chunked"], "0\r\n\r\n"],
  ["a space before the colon", ["Transfer-Encoding : chunked"], "0\r\n\r\n"],
  ["a folded line", ["X-Custom: a", ` Authorization: ${MARK}`], ""],
  ["a bare line feed", [`X-Custom: a\nAuthorization: ${MARK}`], ""],
  ["a bare carriage return", [`X-Custom: a\rAuthorization: ${MARK}`], ""],
  ["a NUL", [`X-Custom: a\0${MARK}`], ""],
  ["a chunk that lies", ["Transfer-Encoding: chunked"], `1\r\n{}\r\n0\r\n\r\nGET /${MARK} HTTP/1.1\r\n\r\n`],
  ["an upgrade", ["Connection: Upgrade", "Upgrade: websocket"], ""],
  ["an expectation", ["Expect: 200-ok"], ""],
];

/** Headers of answers that are between Postern and its caller alone. */
const ANSWER_HEADERS = words(`
  set-cookie set-cookie2 strict-transport-security access-control-allow-origin access-control-allow-credentials clear-site-data refresh
  service-worker-allowed www-authenticate proxy-authenticate alt-svc public-key-pins nel report-to x-powered-by server via age
  content-security-policy-report-only x-frame-options cross-origin-opener-policy permissions-policy sourcemap x-sourcemap`);

const ECHOES: Readonly<Record<string, (key: string) => string>> = {
  raw: (key) => key,
  base64: (key) => Buffer.from(key).toString("base64"),
  "base64 without padding": (key) => Buffer.from(key).toString("base64").replace(/=+$/, ""),
  base64url: (key) => Buffer.from(key).toString("base64url"),
  "base64 of user:token": (key) => Buffer.from(`ada@example.com:${key}`).toString("base64"),
  "URL-encoded": (key) => encodeURIComponent(key),
  "JSON-escaped": (key) => JSON.stringify({ key }),
  "in a bearer header": (key) => `Bearer ${key}`,
};

type Case = {
  readonly name: string;
  readonly request: string;
  /** Whether nothing of it may reach the upstream at all. */
  readonly mustRefuse?: boolean;
};

export type ProxyAbuse = { readonly cases: number; readonly failures: readonly string[]; readonly tokensSeen: number };

const HUNG = "hung";

/** One exchange of exact bytes; what came back until the other side closed, and HUNG behind it when it never did. */
function exchangeBytes(url: string, bytes: string, ms = 10_000): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = "";
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      answer += HUNG;
      end();
    }, ms);
    socket.on("data", (piece) => {
      answer += piece.toString("latin1");
    });
    socket.on("error", end);
    socket.on("close", end);
    socket.write(Buffer.from(bytes, "latin1"));
  });
}

/** All cases of requests, as bytes, for a call at `path`. */
function requestCases(path: string, token: string): Case[] {
  const head = (method: string, at: string, lines: readonly string[]) =>
    [
      `${method} ${at} HTTP/1.1`,
      "Host: postern.test",
      `Authorization: Bearer ${token}`,
      "Connection: close",
      ...lines,
      "",
      "",
    ].join("\r\n");
  const value = (name: string) => (name === "Authorization" ? `Basic ${MARK}` : MARK);
  // A second Authorization is two credentials: the listener need not choose.
  const headers = HOSTILE_HEADERS.map((name) => ({
    name: `header ${name}`,
    request: head("GET", `${path}/x`, [`${name}: ${value(name)}`]),
  }));
  const listed = LISTED.map((name) => ({
    name: `Connection: ${name}`,
    request: head("GET", `${path}/x`, [`Connection: ${name}, X-Hop`, `X-Hop: ${MARK}`]),
  }));
  const paths = PATHS.map((target) => ({
    name: `path ${target}`,
    request: head("GET", `${path}${target}`, []),
    mustRefuse: true,
  }));
  const methods = METHODS.map((method) => ({
    name: `method ${method}`,
    request: head(method, `${path}/x`, []),
    mustRefuse: true,
  }));
  const framings = FRAMINGS.map(([name, lines, body]) => ({
    name: `framing: ${name}`,
    request: `${head("POST", `${path}/x`, lines)}${body}`,
    mustRefuse: true,
  }));
  return [...headers, ...listed, ...paths, ...methods, ...framings];
}

/** What is wrong with a request as the upstream saw it. */
function faultsOf({ head, body }: RawMessage, host: string): string[] {
  const [line = "", ...lines] = head.split("\r\n");
  const named = (name: string) =>
    lines.filter((each) => each.toLowerCase().startsWith(`${name}:`)).map((each) => each.slice(name.length + 1).trim());
  return [
    ...(head.includes(MARK) || body.includes(MARK) ? ["a hostile part went through"] : []),
    ...(line.split(" ")[1]?.startsWith(`${ROOT}/`) === true ? [] : [`the path left the base: ${line}`]),
    ...(named("authorization").join() === `Bearer ${KEY}` ? [] : ["the stored credential is not the only one"]),
    ...(named("host").join() === host ? [] : ["another Host"]),
    ...(/[^\t\x20-\x7e\r\n]/.test(head) ? ["control characters"] : []),
  ];
}

async function attackRequests(
  caller: Caller,
  upstream: RecordingUpstream,
  path: string,
): Promise<{ cases: number; failures: string[] }> {
  const failures: string[] = [];
  const cases = requestCases(path, caller.token);
  for (const { name, request, mustRefuse = false } of cases) {
    const before = upstream.messages.length;
    const answer = await exchangeBytes(caller.url, request);
    const seen = upstream.messages.slice(before);
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
    const found = seen.flatMap((message) => faultsOf(message, upstream.host));
    if (seen.length > 1) found.push("more than one request at the upstream");
    if (mustRefuse && seen.length > 0) found.push("it reached the upstream");
    // A connection that is closed without a word is a refusal too.
    if (mustRefuse && status > 0 && status < 400) found.push(`status ${status}`);
    if (status >= 500) found.push(`status ${status}`);
    if (answer.endsWith(HUNG)) found.push("the connection hung");
    if (answer.includes(KEY)) found.push("the key came back");
    failures.push(...found.map((fault) => `${name}: ${fault}`));
  }
  return { cases: cases.length, failures };
}

const GRAPHQL_PATHS = words(
  "../admin /../admin %2e%2e/admin //evil.example/x @evil.example a\\..\\b ..;/x a%00b a%0d%0ab %252e%252e/x a#b",
);

async function attackByGraphql(caller: Caller, upstream: RecordingUpstream, id: string) {
  const before = upstream.messages.length;
  const failures: string[] = [];
  const paths = [...GRAPHQL_PATHS, "a\r\nX-Injected: 1", "a\0b", "a b\tc\n"];
  for (const path of paths) {
    const verdict = await knockByCall(caller, id, path);
    if (verdict !== "BAD_USER_INPUT") failures.push(`GraphQL path ${JSON.stringify(path)}: ${verdict}`);
  }
  if (upstream.messages.length > before) failures.push("a GraphQL path reached the upstream");
  return { cases: paths.length, failures };
}

const answerOf = (headers: Readonly<Record<string, string>>, body: string) => {
  const lines = Object.entries({ ...headers, "content-length": String(body.length) }).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 200 OK\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
};

async function attackAnswers(caller: Caller, upstream: RecordingUpstream, path: string) {
  const failures: string[] = [];
  const call = () =>
    exchangeBytes(
      caller.url,
      `GET ${path}/x HTTP/1.1\r\nHost: p\r\nAuthorization: Bearer ${caller.token}\r\nConnection: close\r\n\r\n`,
    );
  for (const name of ANSWER_HEADERS) {
    upstream.answerWith(() => [answerOf({ [name]: MARK }, "{}")]);
    if ((await call()).includes(MARK)) failures.push(`answer header ${name} went through`);
  }
  upstream.answerWith(() => [answerOf({ "content-type": "text/html", "content-security-policy": "script-src *" }, "<script>")]);
  const page = (await call()).toLowerCase();
  if (!/content-security-policy: [^\r]*; sandbox\r\n/.test(page) || !page.includes("x-content-type-options: nosniff"))
    failures.push("a page is not sandboxed");
  const packings: Readonly<Record<string, (text: string) => string>> = {
    gzip: (text) => gzipSync(text).toString("latin1"),
    deflate: (text) => deflateSync(text).toString("latin1"),
    br: (text) => brotliCompressSync(text).toString("latin1"),
  };
  let echoes = 0;
  for (const [form, echo] of Object.entries(ECHOES)) {
    const text = `before ${echo(KEY)} after`;
    const whole = answerOf({ "content-type": "text/plain" }, text);
    const at = whole.indexOf(text) + 15;
    const ways: Record<string, readonly string[]> = {
      body: [whole],
      "two packets": [whole.slice(0, at), whole.slice(at)],
      "bytes apart": [whole.slice(0, at - 8), ...whole.slice(at - 8)],
      "a header": [answerOf({ "x-request-id": echo(KEY) }, "{}")],
      ...Object.fromEntries(
        Object.entries(packings).map(([coding, pack]) => [coding, [answerOf({ "content-encoding": coding }, pack(text))]]),
      ),
    };
    for (const [way, pieces] of Object.entries(ways)) {
      echoes += 1;
      upstream.answerWith(() => pieces);
      const answer = await call();
      const core = echo(KEY).slice(20, 36);
      if (answer.includes(core) || !answer.includes("***")) failures.push(`echo ${form} in ${way} came back`);
    }
  }
  return { cases: ANSWER_HEADERS.length + 1 + echoes, failures };
}

/** Attacks the calls of a gateway against an upstream that records every byte. `tokensSeen` counts requests with the caller's token. */
export async function runProxyAbuse(caller: Caller): Promise<ProxyAbuse> {
  const upstream = await startRecordingUpstream();
  const saved = await saveUntested(caller, accountAt(`${upstream.origin}${ROOT}`));
  if ("code" in saved) throw new Error(`The credential was refused: ${saved.code}`);
  const path = `/api/call/${saved.id}`;
  const runs = [
    await attackRequests(caller, upstream, path),
    await attackByGraphql(caller, upstream, saved.id),
    await attackAnswers(caller, upstream, path),
  ];
  return {
    cases: runs.reduce((sum, run) => sum + run.cases, 0),
    failures: runs.flatMap((run) => run.failures),
    tokensSeen: upstream.messages.filter(({ head, body }) => `${head}${body}`.includes(caller.token)).length,
  };
}
