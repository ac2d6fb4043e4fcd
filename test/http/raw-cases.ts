const QUERY = '{"query":"{__typename}"}';
const CHUNKED = "Transfer-Encoding: chunked\r\n";

function get(headers = "", target = "/health", method = "GET"): string {
  return `${method} ${target} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
}

function post(headers: string, body: string): string {
  return `${get(`Content-Type: application/json\r\n${headers}`, "/graphql", "POST")}${body}`;
}

function sized(body: string): string {
  return `Content-Length: ${body.length}\r\n`;
}

function hex(body: string): string {
  return body.length.toString(16);
}

function chunk(body: string): string {
  return `${hex(body)}\r\n${body}\r\n`;
}

function chunked(body: string): string {
  return `${chunk(body)}0\r\n\r\n`;
}

/** Bytes on a connection, by name, with the statuses of all answers that there may be; none: the connection is closed. */
export const RAW_CASES: readonly (readonly [string, string, readonly number[]])[] = [
  ["a plain GET", get(), [200]],
  ["a plain POST", post(sized(QUERY), QUERY), [200]],
  ["a chunked POST", post(CHUNKED, chunked(QUERY)), [200]],
  ["a chunked POST whose coding is in capitals", post("Transfer-Encoding: CHUNKED\r\n", chunked(QUERY)), [200]],
  ["a chunk extension", post(CHUNKED, `${hex(QUERY)};a=b\r\n${QUERY}\r\n0\r\n\r\n`), [200]],
  ["trailers", post(CHUNKED, `${chunk(QUERY)}0\r\nX-T: 1\r\n\r\n`), [200]],
  ["two pipelined requests", get() + get(), [200, 200]],
  ["a POST and a GET pipelined", post(sized(QUERY), QUERY) + get(), [200, 200]],
  ["a request after one that closes", get("Connection: close\r\n") + get(), [200]],
  ["a length and a coding", post(`Content-Length: 6\r\n${CHUNKED}`, `0\r\n\r\n${get()}`), [400]],
  ["a coding and a length", post(`${CHUNKED}Content-Length: 6\r\n`, `0\r\n\r\n${get()}`), [400]],
  ["two lengths", post(`${sized(QUERY)}Content-Length: 0\r\n`, QUERY), [400]],
  ["the same length twice", post(sized(QUERY) + sized(QUERY), QUERY), [400]],
  ["the same length twice, in other letters", post(sized(QUERY) + sized(QUERY).toUpperCase(), QUERY), [400]],
  ["a list of lengths", post(`Content-Length: ${QUERY.length}, ${QUERY.length}\r\n`, QUERY), [400]],
  ["a length with a plus", post(`Content-Length: +${QUERY.length}\r\n`, QUERY), [400]],
  ["a negative length", post("Content-Length: -1\r\n", QUERY), [400]],
  ["a hexadecimal length", post("Content-Length: 0x10\r\n", QUERY), [400]],
  ["a length with a space inside", post("Content-Length: 1 0\r\n", QUERY), [400]],
  ["an empty length", post("Content-Length: \r\n", QUERY), [400]],
  ["a length in words", post("Content-Length: abc\r\n", QUERY), [400]],
  ["a length beyond all numbers", post("Content-Length: 99999999999999999999\r\n", QUERY), [400]],
  ["a length beyond the limit", post("Content-Length: 300000\r\n", QUERY), [413]],
  ["a space before the colon of a length", post(`Content-Length : ${QUERY.length}\r\n`, QUERY), [400]],
  ["the coding twice", post(CHUNKED + CHUNKED, chunked(QUERY)), [400]],
  ["chunked, then identity", post("Transfer-Encoding: chunked, identity\r\n", chunked(QUERY)), [400]],
  ["identity as a coding", post("Transfer-Encoding: identity\r\n", QUERY), [400]],
  ["gzip, then chunked", post("Transfer-Encoding: gzip, chunked\r\n", chunked(QUERY)), [400]],
  ["an unknown coding", post("Transfer-Encoding: xchunked\r\n", chunked(QUERY)), [400]],
  ["a coding behind a vertical tab", post("Transfer-Encoding: \x0bchunked\r\n", chunked(QUERY)), [400]],
  ["a space before the colon of a coding", post("Transfer-Encoding : chunked\r\n", chunked(QUERY)), [400]],
  ["a coding on a line of its own", post("Transfer-Encoding:\r\n chunked\r\n", chunked(QUERY)), [400]],
  ["a coding in quotes", post('Transfer-Encoding: "chunked"\r\n', chunked(QUERY)), [400]],
  ["a coding in HTTP/1.0", post(CHUNKED, chunked(QUERY)).replace("1.1", "1.0"), [400]],
  ["a chunk size that is no number", post(CHUNKED, `zz\r\n${QUERY}\r\n0\r\n\r\n`), [400]],
  ["a chunk size with 0x", post(CHUNKED, `0x${hex(QUERY)}\r\n${QUERY}\r\n0\r\n\r\n`), [400]],
  ["a negative chunk size", post(CHUNKED, `-1\r\n${QUERY}\r\n0\r\n\r\n`), [400]],
  ["a chunk size beyond all numbers", post(CHUNKED, `fffffffffffffffff\r\n${QUERY}`), [400]],
  ["a chunk size with a space behind", post(CHUNKED, `${hex(QUERY)} \r\n${QUERY}\r\n0\r\n\r\n`), [400]],
  ["chunks that end with LF alone", post(CHUNKED, `${hex(QUERY)}\n${QUERY}\n0\n\n`), [400]],
  ["a chunk that is longer than it says", post(CHUNKED, `${hex(QUERY)}\r\n${QUERY}XX0\r\n\r\n`), [400]],
  ["an LF in a chunk extension", post(CHUNKED, `${hex(QUERY)};a=\nb\r\n${QUERY}\r\n0\r\n\r\n`), [400]],
  ["a chunk extension of 20,000 characters", post(CHUNKED, `1;${"a".repeat(20_000)}\r\na\r\n0\r\n\r\n`), [413]],
  ["a trailer of 20,000 characters", post(CHUNKED, `${chunk(QUERY)}0\r\nX: ${"a".repeat(20_000)}\r\n\r\n`), [431]],
  ["a length among the trailers", post(CHUNKED, `${chunk(QUERY)}0\r\nContent-Length: 5\r\n\r\n`), [400]],
  ["lines that end with LF alone", "GET /health HTTP/1.1\nHost: a\n\n", [400]],
  ["lines that end with CR alone", "GET /health HTTP/1.1\rHost: a\r\r", [400]],
  ["a header that ends with LF alone", get("X-A: b\nX-C: d\r\n"), [400]],
  ["a folded header", get("X-A: b\r\n c\r\n"), [400]],
  ["NUL in a header", get("X-A: b\0c\r\n"), [400]],
  ["NUL in a name", get("X\0A: b\r\n"), [400]],
  ["CR in a header", get("X-A: b\rc\r\n"), [400]],
  ["a control character in a name", get("X\x01A: b\r\n"), [400]],
  ["a space in a name", get("X A: b\r\n"), [400]],
  ["a header without a name", get(": b\r\n"), [400]],
  ["a header without a colon", get("XA\r\n"), [400]],
  ["a space before the first header", "GET /health HTTP/1.1\r\n Host: a\r\n\r\n", [400]],
  ["no host", "GET /health HTTP/1.1\r\n\r\n", [400]],
  ["two hosts", get("Host: b\r\n"), [400]],
  ["the same host twice", get("Host: a\r\n"), [400]],
  ["two hosts, in other letters", get("hOSt: b\r\n"), [400]],
  ["two hosts with 2,100 headers between them", get(`${"a:b\r\n".repeat(2_100)}Host: b\r\n`), [400]],
  ["a host with a space", "GET /health HTTP/1.1\r\nHost: a b\r\n\r\n", [400]],
  ["a host with a user", "GET /health HTTP/1.1\r\nHost: a@b\r\n\r\n", [400]],
  ["a host with a path", "GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n", [400]],
  ["an address of IPv6 for a host", "GET /health HTTP/1.1\r\nHost: [::1]:4000\r\n\r\n", [200]],
  ["two credentials", get("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), [400]],
  ["two credentials where nothing is", get("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n", "/nowhere"), [400]],
  [
    "two credentials at a REST route",
    get("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n", "/api/v1/credentials/a/b"),
    [400],
  ],
  ["two media types", post(`Content-Type: text/plain\r\n${sized(QUERY)}`, QUERY), [400]],
  ["two content encodings", post(`Content-Encoding: identity\r\nContent-Encoding: gzip\r\n${sized(QUERY)}`, QUERY), [400]],
  ["a body in gzip", post(`Content-Encoding: gzip\r\n${sized(QUERY)}`, QUERY), [415]],
  ["a GET in br", get("Content-Encoding: br\r\n"), [415]],
  ["a target that names another host", get("", "http://b.test/nowhere"), [404]],
  ["a target that is a host alone", get("", "a:80"), [400]],
  ["an asterisk for a target", get("", "*"), [404]],
  ["a target with NUL", get("", "/he\0alth"), [400]],
  ["a target with a byte beyond ASCII", get("", "/he\xffalth"), [400]],
  ["a target with a broken escape", get("", "/%zz"), [400]],
  ["a target with a space", get("", "/he alth"), [400]],
  ["a target of 20,000 characters", get("", `/${"a".repeat(20_000)}`), [431]],
  ["a target that names another host and what there is", get("", "http://b.test/health"), [200]],
  ["a target that is a host without a path", get("", "HTTP://b.test"), [404]],
  ["CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", [405]],
  ["CONNECT after a request", `${get()}CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n`, [200]],
  ["TRACE", get("", "/graphql", "TRACE"), [405]],
  ["a method in small letters", get("", "/health", "get"), [400]],
  ["a method that nobody knows", get("", "/health", "FOO"), [400]],
  ["a method of RTSP", "DESCRIBE /health RTSP/1.0\r\nHost: a\r\n\r\n", [404]],
  ["HTTP/0.9", "GET /health\r\n\r\n", [400]],
  ["HTTP/1.0", "GET /health HTTP/1.0\r\n\r\n", [200]],
  ["HTTP/1.2", get().replace("1.1", "1.2"), [400]],
  ["HTTP/2.0", get().replace("1.1", "2.0"), [400]],
  ["HTTP/9.9", get().replace("1.1", "9.9"), [400]],
  ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]],
  ["another protocol", "GET /health ICY/1.0\r\nHost: a\r\n\r\n", [400]],
  ["a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400]],
  ["tabs in the request line", "GET\t/health\tHTTP/1.1\r\nHost: a\r\n\r\n", [400]],
  ["empty lines before a request", `\r\n\r\n${get()}`, [200]],
  ["a header of 20,000 characters", get(`X-A: ${"a".repeat(20_000)}\r\n`), [431]],
  ["3,000 headers", get(Array.from({ length: 3_000 }, (_, index) => `X${index}: a\r\n`).join("")), [431]],
  ["an expectation that is met", post(`Expect: 100-continue\r\n${sized(QUERY)}`, QUERY), [200]],
  ["an expectation that nobody knows", get("Expect: 200-maybe\r\n"), [417]],
  ["the same, after a request", get() + get("Expect: 200-maybe\r\n"), [200]],
  ["the same, with a body", post(`Expect: x\r\n${sized(QUERY)}`, QUERY), [417]],
  ["an upgrade to a web socket", get("Upgrade: websocket\r\nConnection: Upgrade\r\n"), [200]],
  ["an upgrade to HTTP/2", get("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"), [200]],
  ["an upgrade with a body", post(`Upgrade: h2c\r\nConnection: Upgrade\r\n${sized(QUERY)}`, QUERY), [200]],
  ["a GET whose body is a request", get(`Content-Length: ${get().length}\r\n`) + get(), [200]],
  ["a GET with chunks", get(CHUNKED) + chunked("abc"), [200]],
  ["a body that is a request, where nothing is", get(`Content-Length: ${get().length}\r\n`, "/nowhere", "POST") + get(), [404]],
  ["a body that is a request, of a refused type", get(`Content-Length: ${get().length}\r\n`, "/graphql", "POST") + get(), [415]],
  ["garbage after a request", `${get()}\x00\x01garbage\r\n\r\n`, [200]],
  ["garbage before a request", `garbage\r\n\r\n${get()}`, [400]],
];
