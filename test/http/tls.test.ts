import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { Agent, request } from "node:https";
import { type AddressInfo, connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type PeerCertificate, type SecureVersion, type TLSSocket } from "node:tls";
import { fastify } from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { readTls } from "../../src/http/tls.ts";
import { startGateway } from "../support/gateway.ts";
import { OTHER_CERTIFICATE, OTHER_CERTIFICATE_KEY, TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from "../support/tls-certificate.ts";

/** Files of a certificate and its key, gone with the test. */
function writeFiles(cert = TEST_CERTIFICATE, key = TEST_CERTIFICATE_KEY, mode = 0o600) {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = { TLS_CERT_FILE: path.join(folder, "cert.pem"), TLS_KEY_FILE: path.join(folder, "key.pem") };
  writeFileSync(files.TLS_CERT_FILE, cert);
  writeFileSync(files.TLS_KEY_FILE, key, { mode });
  return files;
}

/** A connection that has shaken hands, or the code of what it failed with. */
async function shakeHands(port: number, version?: SecureVersion): Promise<TLSSocket | string> {
  const versions = version === undefined ? {} : { minVersion: version, maxVersion: version };
  // OpenSSL itself offers versions of before 1.2 at this level alone.
  const socket = connect({ host: "127.0.0.1", port, ca: TEST_CERTIFICATE, ciphers: "DEFAULT:@SECLEVEL=0", ...versions });
  return new Promise((resolve) => {
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
  });
}

async function ask(url: string, options: object = {}): Promise<{ status: number | undefined; body: string }> {
  const [response] = (await once(request(url, { ca: TEST_CERTIFICATE, ...options }).end(), "response")) as [
    import("node:http").IncomingMessage,
  ];
  return { status: response.statusCode, body: await text(response) };
}

describe("a gateway with a certificate", () => {
  it("speaks https by TLS 1.2 and 1.3, and neither older versions nor plain http", async () => {
    const { url } = await startGateway(writeFiles());
    expect(new URL(url).protocol).toBe("https:");
    expect(await ask(`${url}/health`)).toMatchObject({ status: 200 });
    const port = Number(new URL(url).port);
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const socket = (await shakeHands(port, version)) as TLSSocket;
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
    for (const version of ["TLSv1", "TLSv1.1"] as const)
      expect(await shakeHands(port, version)).toMatch(/PROTOCOL_VERSION|ALERT/);
    const plain = plainRequest(`http://127.0.0.1:${port}/health`).end();
    const [error] = (await once(plain, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toMatch(/ECONNRESET|HPE_INVALID/);
  });

  it("ends while connections are open on which nothing was asked, or was asked before", async () => {
    const app = fastify({ https: readTls(writeFiles())?.options as object });
    onTestFinished(() => app.close());
    const { registerDraining } = await import("../../src/http/draining.ts");
    registerDraining(app as never);
    app.get("/", async () => "here");
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const silent = (await shakeHands((app.server.address() as AddressInfo).port)) as TLSSocket;
    const closed = once(silent, "close");
    const agent = new Agent({ keepAlive: true });
    expect(await ask(url, { agent })).toMatchObject({ status: 200, body: "here" });
    const mute = connectPlain((app.server.address() as AddressInfo).port, "127.0.0.1");
    await once(mute, "connect");
    const draining = (app as unknown as { draining: { drain(graceMs: number): Promise<void> } }).draining.drain(50);
    await Promise.all([draining, closed, once(mute, "close")]);
    agent.destroy();
  });

  it("lets go of who connects and says nothing", async () => {
    const { url } = await startGateway({ ...writeFiles(), HEADERS_SECONDS: "1" });
    const mute = connectPlain(Number(new URL(url).port), "127.0.0.1");
    await once(mute, "close");
    expect(mute.bytesRead).toBe(0);
  });

  it("serves a renewed one to whoever connects from then on, and goes on with the old one when the new one is none", async () => {
    const files = writeFiles();
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const tls = readTls(files);
    const app = fastify({ https: tls?.options as object, logger: { level: "info", stream } });
    onTestFinished(() => app.close());
    tls?.follow(app as never, 20);
    await app.listen({ host: "127.0.0.1", port: 0 });
    const served = async (): Promise<PeerCertificate["subject"]["CN"]> => {
      const socket = connect({ port: (app.server.address() as AddressInfo).port, rejectUnauthorized: false });
      await once(socket, "secureConnect");
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      return subject.CN;
    };
    const replace = async (cert: string, key: string, expected: RegExp) => {
      writeFileSync(files.TLS_KEY_FILE, key);
      writeFileSync(files.TLS_CERT_FILE, cert);
      const later = Date.now() / 1_000 + lines.length + 1;
      utimesSync(files.TLS_CERT_FILE, later, later);
      while (!lines.some((line) => expected.test(line))) await sleep(10);
    };
    expect(await served()).toBe("upstream.test");
    await replace("no certificate", TEST_CERTIFICATE_KEY, /cannot be used, and the old one/);
    expect(await served()).toBe("upstream.test");
    chmodSync(files.TLS_KEY_FILE, 0o644);
    await replace(OTHER_CERTIFICATE, OTHER_CERTIFICATE_KEY, /anybody may use/);
    chmodSync(files.TLS_KEY_FILE, 0o600);
    while (!lines.some((line) => /renewed certificate is served/.test(line))) await sleep(10);
    expect(await served()).toBe("other.test");
    expect(lines.join("")).not.toContain("PRIVATE KEY");
  });

  it("is refused with one that is missing, or not of its key, or whose key anybody may read, naming the file", () => {
    expect(() => parseConfig({ TLS_CERT_FILE: "/nowhere" })).toThrow(/TLS_CERT_FILE: needs TLS_KEY_FILE/);
    const refused = (files: { TLS_CERT_FILE: string; TLS_KEY_FILE: string }) => expect(() => readTls(files));
    const files = writeFiles();
    refused({ ...files, TLS_CERT_FILE: "/nowhere" }).toThrow(/TLS_CERT_FILE: \/nowhere cannot be read \(ENOENT\)/);
    refused({ ...files, TLS_KEY_FILE: "/nowhere" }).toThrow(/TLS_KEY_FILE: \/nowhere cannot be read \(ENOENT\)/);
    refused(writeFiles(OTHER_CERTIFICATE)).toThrow(/TLS_CERT_FILE: .* are not a certificate and its key/);
    refused(writeFiles(TEST_CERTIFICATE, TEST_CERTIFICATE_KEY, 0o644)).toThrow(/TLS_KEY_FILE: anybody may use/);
    expect(parseConfig(files).url).toBe("https://127.0.0.1:4000");
  });
});
