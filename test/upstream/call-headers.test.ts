import { describe, expect, test } from "vitest";
import { passAnswerHeaders } from "../../src/upstream/answer-headers.ts";
import { injectedHeaders, passHeaders } from "../../src/upstream/call-headers.ts";
import { createSecretMask } from "../../src/upstream/secret-mask.ts";

const CREDENTIALS = `Authorization Proxy-Authorization Cookie Cookie2 X-Csrf-Token X-CSRFToken X-XSRF-TOKEN X-Api-Key X-Auth-Token X-Access-Token
  X-Service-Token X-Amz-Security-Token X-Goog-Api-Key X-Openerp-Session-Id X-Secret X-Jwt-Assertion X_Api_Key Api-Key X-SessionId X-AuthUser`;
const FORWARDING = `Host Forwarded X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Forwarded-Port X-Forwarded-Prefix X-Forwarded-Server
  X-Forwarded-User X-Forwarded X-Real-IP X-Client-IP X-Cluster-Client-IP X-Remote-IP X-Remote-Addr X-Remote-User X-Originating-IP True-Client-IP
  CF-Connecting-IP Client-IP Via X-Host X-ProxyUser-Ip X-Original-URL X-Original-Host X-Rewrite-URL X-Override-URL X-User X-User-Id
  X-Authenticated-User X-SSL-Client-Cert X-Envoy-Original-Path X_Forwarded_For Origin Referer`;
const METHODS = "X-HTTP-Method-Override X-HTTP-Method X-Method-Override X-Original-Method";
const HOP_BY_HOP = `Connection Keep-Alive Proxy-Connection Proxy-Authenticate TE Trailer Transfer-Encoding Upgrade HTTP2-Settings
  Content-Length Expect`;
const PARTS = "Accept-Encoding Content-Encoding Range If-Range";

describe("a client's header that is a credential, says who calls or from where, or steers the upstream does not pass:", () => {
  const names = [CREDENTIALS, FORWARDING, METHODS, HOP_BY_HOP, PARTS].join(" ").split(/\s+/);
  test.each(names)("%s", (name) => {
    const spellings = [name, name.toLowerCase(), name.toUpperCase()];
    expect(passHeaders(spellings.map((spelling) => [spelling, "value"]))).toEqual({});
  });
});

test("headers of the content and the upstream's own pass, lower-case, repeated ones joined", () => {
  const sent = [
    ["Accept", "application/json"],
    ["accept", "text/plain"],
    ["Content-Type", " application/json "],
    ["Idempotency-Key", "k"],
    ["X-Request-Id", "r"],
    ["Anthropic-Version", "2023-06-01"],
    ["OpenAI-Organization", "o"],
    ["X-Project", "p"],
    ["Unheard-Of", "dropped"],
  ] as const;
  expect(passHeaders(sent)).toEqual({
    accept: "application/json, text/plain",
    "content-type": "application/json",
    "idempotency-key": "k",
    "x-request-id": "r",
    "anthropic-version": "2023-06-01",
    "openai-organization": "o",
    "x-project": "p",
  });
});

test("what Connection names is hop-by-hop too, however it is written", () => {
  const sent = [
    ["X-Hop", "1"],
    ["x-other", "2"],
    ["Accept", "3"],
    ["x-end", "4"],
    ["CONNECTION", "close, x-hop ,X-OTHER"],
    ["connection", "accept"],
  ] as const;
  expect(passHeaders(sent)).toEqual({ "x-end": "4" });
});

test.each([
  ["X Space", "v"],
  ["", "v"],
  ["x:y", "v"],
  ["x\r\ny", "v"],
  ["x-ü", "v"],
  ["x-y", "a\r\nInjected: 1"],
  ["x-y", "a\nb"],
  ["x-y", "a\0b"],
  ["x-y", "a\u007fb"],
  ["x-y", "\u20ac"],
  ["x-y", "a".repeat(8 * 1024 + 1)],
  ["authorization", "a\r\nb"],
])("the header %j: %j is refused as a whole", (name, value) => {
  expect(() => passHeaders([[name, value]])).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT", field: "headers" }));
});

test("more than a hundred headers are refused", () => {
  const headers = Array.from({ length: 101 }, (_, index) => [`x-${index}`, "v"] as const);
  expect(Object.keys(passHeaders(headers.slice(1)))).toHaveLength(100);
  expect(() => passHeaders(headers)).toThrow(expect.objectContaining({ field: "headers" }));
});

test("basic authentication is one header, in UTF-8", () => {
  expect(injectedHeaders({ headers: { "X-Key": "k" }, basic: { username: "ada", password: "pä:ss" } })).toEqual({
    "x-key": "k",
    authorization: `Basic ${Buffer.from("ada:pä:ss").toString("base64")}`,
  });
});

test.each([
  { headers: { authorization: "Bearer s3cr3t\r\nX: y" } },
  { headers: { authorization: "Bearer s3cr3t\0" } },
  { headers: { authorization: "Bearer s3cr3t\u20ac" } },
  { query: { key: "s3cr3t\n" } },
  { basic: { username: "ada", password: "s3cr3t\r" } },
  { basic: { username: "ada:s3cr3t", password: "x" } },
])("a stored value that would break out of its place is refused and not printed: %#", (injection) => {
  let error: unknown;
  try {
    injectedHeaders(injection);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: "INVALID_FIELDS", stage: "VALIDATE" });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("s3cr3t");
});

test("of an answer's headers those of its content pass, masked; cookies, policies, challenges and framing do not", () => {
  const secret = "sk-0123456789";
  const refused = `set-cookie set-cookie2 content-security-policy content-security-policy-report-only strict-transport-security
    access-control-allow-origin access-control-allow-credentials clear-site-data refresh service-worker-allowed www-authenticate
    proxy-authenticate connection keep-alive transfer-encoding content-length content-encoding server x-powered-by alt-svc
    cache-control expires age x-frame-options cross-origin-opener-policy permissions-policy report-to nel sourcemap x-sourcemap
    accept-ranges content-range authorization date x-anything`;
  const answer = {
    ...Object.fromEntries(refused.split(/\s+/).map((name) => [name, "v"])),
    "content-type": "text/html",
    etag: `"${secret}"`,
    location: `/next?key=${secret}`,
    "x-ratelimit-remaining": "3",
    "openai-processing-ms": "12",
  };
  expect(passAnswerHeaders(answer, createSecretMask([secret]))).toEqual({
    "content-type": "text/html",
    etag: '"***"',
    location: "/next?key=***",
    "x-ratelimit-remaining": "3",
    "openai-processing-ms": "12",
    "x-content-type-options": "nosniff",
    "content-security-policy":
      "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  });
});
