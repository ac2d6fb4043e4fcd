import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { startClientGateway } from "../support/client-gateway.ts";
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from "../support/tls-certificate.ts";

const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.info("Left out: the suites of the Python client, because there is no python3.");

/** Runs one of the client's own suites, which needs nothing installed; in `report` is what it printed. */
async function runSuite(name: string, environment: Record<string, string>) {
  const child = spawn("python3", ["-W", "error", "-m", "unittest", "discover", "-s", "clients/python/tests", "-p", name], {
    env: { PATH: process.env.PATH, PYTHONPATH: "clients/python/src", PYTHONDONTWRITEBYTECODE: "1", ...environment },
    stdio: ["ignore", "inherit", "pipe"],
  });
  const exited = once(child, "exit");
  const report = await text(child.stderr);
  const [exitCode] = await exited;
  return { exitCode, report };
}

/** An https server whose certificate nobody vouches for, with a login for every question. */
async function startTlsServer(): Promise<string> {
  const login = JSON.stringify({ dev_cigar_email: "ada@example.com", dev_cigar_password: "s3cret" });
  const server = createServer({ cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY }, (_, response) => response.end(login));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// In continuous integration python3 has to be there.
describe.runIf(hasPython || process.env.CI !== undefined)("the Python client", () => {
  it("fetches logins, credentials and access tokens from a gateway, and tells its refusals apart", async () => {
    const { gateway, tokens } = await startClientGateway();
    const { exitCode, report } = await runSuite("test_gateway.py", {
      POSTERN_URL: gateway.url,
      POSTERN_TOKEN: tokens.service,
      POSTERN_TEST_TOKENS: JSON.stringify({ user: tokens.user, weak: tokens.weak }),
    });
    expect(report).toMatch(/Ran 11 tests in [\d.]+s\n\nOK\n$/);
    expect(exitCode).toBe(0);
  });

  it("retries what may pass, gives up on what does not, and shows no secret on the way", async () => {
    const { exitCode, report } = await runSuite("test_faults.py", {
      POSTERN_TEST_TLS_URL: await startTlsServer(),
      POSTERN_TEST_TLS_CERTIFICATE: TEST_CERTIFICATE,
    });
    expect(report).toMatch(/Ran 17 tests in [\d.]+s\n\nOK\n$/);
    expect(exitCode).toBe(0);
  });
});
