import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import { readPinnedAuthorities } from "../../src/upstream/pinned-authorities.ts";
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from "../support/tls-certificate.ts";

function writeFile(content: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-ca-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "ca.pem");
  writeFileSync(file, content);
  return file;
}

async function startTlsUpstream(): Promise<number> {
  const server = createServer({ cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY }, (_, response) => response.end("secure"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test("a host is believed with the certificates that are pinned for it, and no other host is", async () => {
  const port = await startTlsUpstream();
  const file = writeFile(`A private authority\n${TEST_CERTIFICATE}`);
  const read = async (entry: string) => {
    const pinnedAuthorities = readPinnedAuthorities([`${entry}=${file}`]);
    const http = createHttpClient({ allowList: parseAllowList(["127.0.0.1"]), pinnedAuthorities });
    const request = { method: "GET" as const, url: `https://127.0.0.1:${port}`, signal: new AbortController().signal };
    return http.request(request).then(
      ({ body }) => body.toString(),
      (error: { code: string; stage: string }) => `${error.code} ${error.stage}`,
    );
  };
  const entries = ["127.0.0.1", `127.0.0.1:${port}`, "127.0.0.1:1", "upstream.test"];
  expect(await Promise.all(entries.map(read))).toEqual(["secure", "secure", "UNREACHABLE TLS", "UNREACHABLE TLS"]);
});

test.each([
  ["has no host", () => `=${writeFile(TEST_CERTIFICATE)}`, "is not host=file"],
  ["has no file", () => "odoo.internal=", "is not host=file"],
  ["names a file that is not there", () => "odoo.internal=/nonexistent/secret-canary.pem", "the file cannot be read"],
  ["names a file without a certificate", () => `odoo.internal=${writeFile("secret-canary")}`, "has no PEM certificate"],
  [
    "names a damaged certificate",
    () => `odoo.internal=${writeFile("-----BEGIN CERTIFICATE-----\nsecret-canary\n-----END CERTIFICATE-----")}`,
    "has a damaged certificate",
  ],
])("a start with an entry of UPSTREAM_CA that %s is refused, and the value is not printed", (_, entry, complaint) => {
  const start = () => parseConfig({ UPSTREAM_CA: entry() });
  expect(start).toThrow(/UPSTREAM_CA: entry 1/);
  expect(start).toThrow(complaint);
  expect(start).not.toThrow(/canary/);
});
