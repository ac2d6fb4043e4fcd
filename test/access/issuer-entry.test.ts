import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { trustedIssuersSchema } from "../../src/access/issuer-entry.ts";

const secret = "a secret of thirty-two bytes or more";

const problemOf = (...entries: readonly unknown[]) => {
  const parsed = trustedIssuersSchema.safeParse(JSON.stringify(entries));
  return parsed.success ? null : parsed.error.issues.map(({ message }) => message).join();
};

test("an entry with a name and a secret is a chat front end's, one with a key set a provider's", () => {
  const jwksUrl = "https://id.example/keys";
  const entries = [
    { name: "chat", secret },
    { issuer: "https://id.example", jwksUrl, audience: "postern", role: "ADMIN" },
  ];
  const common = {
    usernameClaims: ["preferred_username", "username"],
    emailClaim: "email",
    createUsers: true,
    requiresExpiry: true,
  };
  expect(trustedIssuersSchema.parse(JSON.stringify(entries))).toEqual([
    {
      ...common,
      key: "chat",
      issuer: null,
      proof: { secret: Buffer.from(secret) },
      algorithms: ["HS256"],
      audience: null,
      userClaims: ["id", "sub"],
      role: "USER",
    },
    {
      ...common,
      key: "https://id.example",
      issuer: "https://id.example",
      proof: { jwksUrl },
      algorithms: ["RS256", "ES256", "EdDSA"],
      audience: "postern",
      userClaims: ["sub"],
      role: "ADMIN",
    },
  ]);
});

test("a secret can be in a file, and the end of its line is not part of it", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-issuer-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const secretFile = path.join(folder, "secret");
  writeFileSync(secretFile, `${secret}\n`);
  const [issuer] = trustedIssuersSchema.parse(JSON.stringify([{ name: "chat", secretFile }]));
  expect(issuer?.proof).toEqual({ secret: Buffer.from(secret) });
  expect(problemOf({ name: "chat", secretFile: path.join(folder, "absent") })).toBe("entry 0: secretFile cannot be read");
});

test("entries that would weaken the trust are refused, and no secret is repeated", () => {
  expect(trustedIssuersSchema.safeParse("{").success).toBe(false);
  expect(trustedIssuersSchema.safeParse("{}").success).toBe(false);
  const jwksUrl = "https://id.example/keys";
  const short = "31 bytes are one byte too few!!";
  const refused = [
    [{ name: "chat", secret: short }],
    [{ name: "chat", secret: "your-secret-key-here-change-in-production" }],
    [{ name: "chat", secret: "0".repeat(64) }],
    [{ name: "chat" }],
    [{ name: "chat", secret, jwksUrl }],
    [{ secret }],
    [{ name: "provider", jwksUrl }],
    [{ issuer: "i", jwksUrl: "ftp://id.example/keys" }],
    [{ issuer: "i", jwksUrl, algorithms: ["HS256"] }],
    [{ name: "chat", secret, algorithms: ["RS256"] }],
    [{ name: "chat", secret, algorithms: ["none"] }],
    [{ name: "chat", secret, roles: "ADMIN" }],
    [{ name: "chat", secret, role: "ROOT" }],
    [
      { name: "chat", secret },
      { name: "chat", secret: `${secret}2` },
    ],
    [
      { name: "chat", secret },
      { name: "other", secret },
    ],
  ];
  const problems = refused.map((entries) => problemOf(...entries));
  expect(problems).not.toContain(null);
  expect(problems.join("\n")).not.toContain(secret);
  expect(problems.join("\n")).not.toContain(short);
});
