import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { digestServiceToken, makeServiceToken, SERVICE_TOKEN_PATTERN } from "../../src/access/service-token.ts";

/** What secrets look like that people commit by mistake. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  "private key": /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}/,
  "AWS key": /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  "GitHub token": /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})\b/,
  "npm token": /\bnpm_[A-Za-z0-9]{36}\b/,
  "Slack token": /\bxox[abprs]-[A-Za-z0-9-]{20,}/,
  "Google key": /\bAIza[\w-]{35}\b/,
  "OpenAI key": /\bsk-(?:proj-)?[A-Za-z0-9]{40,}/,
  "Anthropic key": /\bsk-ant-[\w-]{40,}/,
  "Stripe key": /\b[rs]k_live_[A-Za-z0-9]{20,}/,
  "signed JWT": /\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{40,}/,
  "key ring": /"(?:key|secret)"\s*:\s*"[A-Za-z0-9+/]{43}="/,
};

/** Not ours: what was installed or built, what git keeps, and published test vectors, which hold keys on purpose. */
const SKIPPED = new Set(["node_modules", "dist", ".git", "generated", "data", "coverage", "vectors"]);

/** What is there on purpose: the key of a certificate for 127.0.0.1 that tests alone believe. */
const KNOWN = ["private key in test/support/tls-certificate.ts"];

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* filesBelow(file);
    if (entry.isFile() && !SKIPPED.has(entry.name)) yield file;
  }
}

/** Which shapes of secret a text has; a service token counts when its checksum is right. */
function findShapes(text: string): string[] {
  const tokens = text.match(new RegExp(SERVICE_TOKEN_PATTERN, "g")) ?? [];
  const ours = tokens.some((token) => digestServiceToken(token) !== null) ? ["service token"] : [];
  return [
    ...ours,
    ...Object.entries(SHAPES)
      .filter(([, shape]) => shape.test(text))
      .map(([name]) => name),
  ];
}

describe("the repository", () => {
  it("holds no secret of any known shape but a test certificate's", () => {
    const found = [...filesBelow(".")].flatMap((file) =>
      findShapes(readFileSync(file, "latin1")).map((shape) => `${shape} in ${file}`),
    );
    expect(found).toEqual(KNOWN);
  });

  it("would be found out: a real service token, a private key and a signed token are seen", () => {
    const lines = ["-----BEGIN", "PRIVATE KEY-----"].join(" ");
    const part = Buffer.from(JSON.stringify({ alg: "EdDSA", typ: "JWT" })).toString("base64url");
    expect([
      findShapes(`token: ${makeServiceToken().token}`),
      findShapes(`${lines}\n${"A".repeat(64)}`),
      findShapes(`Bearer ${part}.${part}.${"a".repeat(86)}`),
      findShapes(`pst_${"0".repeat(36)}`),
    ]).toEqual([["service token"], ["private key"], ["signed JWT"], []]);
  });
});
