import { createHash } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runConfigCommand } from "../src/commands/check-config.ts";
import { ConfigError, parseConfig } from "../src/config.ts";
import { isPlaceholder } from "../src/placeholder.ts";

describe("the configuration", () => {
  it("an empty environment gives the defaults of a first start on one machine", () => {
    expect(parseConfig({})).toEqual({
      METRICS_LISTEN: undefined,
      TLS_CERT_FILE: undefined,
      TLS_KEY_FILE: undefined,
      UPSTREAM_PUBLIC: null,
      OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
      OTEL_EXPORTER_OTLP_HEADERS: {},
      OTEL_SERVICE_NAME: "postern",
      OTEL_TRACES_SAMPLER: "parentbased_always_on",
      OTEL_TRACES_SAMPLER_ARG: 1,
      REQUESTS_WAITING: 4_000,
      REQUEST_WAIT_SECONDS: 5,
      HOST: "127.0.0.1",
      PORT: 4000,
      PUBLIC_URL: undefined,
      DATA_DIR: "./data",
      DATABASE_DIRECT_URL: undefined,
      DATABASE_URL: undefined,
      ADMIN_PASSWORD: undefined,
      REGISTRATION: "open",
      LOGIN_FREE_ATTEMPTS: 5,
      LOGIN_FAILURES_PER_IP: 1_000,
      TRUSTED_ISSUERS: [],
      HMS_API_TOKEN: undefined,
      TEST_APPS: ["cigar", "tobacco", "whiskey", "qa"],
      STOP_GRACE_SECONDS: 1,
      STOP_IDLE_SECONDS: 3,
      SESSION_IDLE_DAYS: 7,
      PASSWORD_MEMORY_KIB: 65_536,
      PASSWORD_PASSES: 3,
      PASSWORD_BLOCKLIST_FILE: undefined,
      SESSION_DAYS: 30,
      COOKIE_SESSION_IDLE_MINUTES: 30,
      COOKIE_SESSION_HOURS: 12,
      REAUTHENTICATION_MINUTES: 5,
      AUDIT_HEADS_FILE: undefined,
      AUDIT_HEAD_SECONDS: 10,
      SECOND_FACTOR_REQUIRED: "none",
      SERVICE_TOKEN_DAYS: 90,
      SERVICE_TOKEN_MAX_DAYS: 0,
      RATE_LIMIT_PER_MINUTE: 100,
      GENERAL_RATE_LIMIT_PER_MINUTE: 120_000,
      CALLER_RATE_LIMIT_PER_MINUTE: 600_000,
      REQUESTS_IN_FLIGHT: 1_000,
      CALLER_REQUESTS: 500,
      CALLER_OPERATIONS: 20,
      CALLER_OPERATIONS_WAITING: 200,
      CALLER_STREAMS: 10,
      OPERATION_SECONDS: 10,
      GRAPHQL_BODY_BYTES: 262_144,
      GRAPHQL_TOKENS: 1_000,
      GRAPHQL_DEPTH: 8,
      GRAPHQL_ALIASES: 30,
      GRAPHQL_DUPLICATES: 50,
      GRAPHQL_DIRECTIVES: 10,
      GRAPHQL_FRAGMENTS: 10,
      GRAPHQL_VARIABLES: 20,
      GRAPHQL_OPERATIONS: 5,
      GRAPHQL_SELECTIONS: 500,
      GRAPHQL_COST: 1_000,
      BODY_BYTES: 1_048_576,
      JSON_DEPTH: 64,
      JSON_MEMBERS: 10_000,
      CONNECTIONS: 10_000,
      HEADERS_SECONDS: 15,
      REQUEST_SECONDS: 30,
      KEEP_ALIVE_SECONDS: 10,
      STALL_SECONDS: 30,
      WORKERS: 1,
      workers: 1,
      LOG_LEVEL: "info",
      KEY_RING_FILE: undefined,
      KEY_RING: undefined,
      KEY_WRAPPING: undefined,
      TRANSIT_URL: undefined,
      TRANSIT_MOUNT: "transit",
      TRANSIT_KEY: "postern",
      TRANSIT_NAMESPACE: undefined,
      TRANSIT_TOKEN_FILE: undefined,
      TRANSIT_ROLE_ID: undefined,
      TRANSIT_SECRET_ID_FILE: undefined,
      TRANSIT_APPROLE_MOUNT: "approle",
      TRANSIT_CA_FILE: undefined,
      TRANSIT_TIMEOUT_MS: 2_000,
      TRANSIT_CACHE_SECONDS: 300,
      TRANSIT_CACHE_KEYS: 10_000,
      INITIAL_PASSWORD_HOURS: 24,
      INTROSPECTION: "signed-in",
      PERSISTED_OPERATIONS: "off",
      PERSISTED_OPERATIONS_FILES: [],
      UPSTREAM_ALLOW: ["localhost:8069", "127.0.0.1:8069"],
      UPSTREAM_CA: new Map(),
      UPSTREAM_DNS_TIMEOUT_MS: 2_000,
      UPSTREAM_CONNECT_TIMEOUT_MS: 3_000,
      UPSTREAM_TLS_TIMEOUT_MS: 3_000,
      UPSTREAM_FIRST_BYTE_TIMEOUT_MS: 10_000,
      UPSTREAM_IDLE_TIMEOUT_MS: 5_000,
      UPSTREAM_TOTAL_TIMEOUT_MS: 30_000,
      UPSTREAM_MAX_BODY_BYTES: 10_485_760,
      UPSTREAM_MAX_HEADER_BYTES: 16_384,
      UPSTREAM_MAX_HEADERS: 100,
      CALL_FIRST_BYTE_TIMEOUT_MS: 30_000,
      CALL_IDLE_TIMEOUT_MS: 60_000,
      CALL_TOTAL_TIMEOUT_MS: 600_000,
      UPSTREAM_BREAKER_FAILURES: 10,
      UPSTREAM_BREAKER_REST_SECONDS: 30,
      CONNECTION_TESTS_PER_MINUTE: 10,
      CONNECTION_TEST_FLOOR_MS: 400,
      CONNECTION_TEST_DAYS: 90,
      SYNC_RUN_DAYS: 90,
      SYNC_MAX_ROWS: 1_000_000,
      ODOO_URL: "http://localhost:8069",
      ODOO_DB: undefined,
      ODOO_USERNAME: undefined,
      ODOO_PASSWORD: undefined,
      API_AUTH_EMAIL: undefined,
      API_AUTH_PASSWORD: undefined,
      LOGIN_API_URL: undefined,
      LOGIN_API_BASE_URL: undefined,
      LOGIN_API_TOKEN_TTL_SECONDS: 480,
      FALLBACK_POLICY: "allow",
      PROJECTS_FILE: undefined,
      TRUSTED_PROXIES: [],
      keyRingFile: "data/keys.json",
      auditHeadsFile: "data/audit-heads.jsonl",
      issuer: "postern",
      url: "http://127.0.0.1:4000",
    });
  });

  it("every bad variable is named in one message, and no value is printed", () => {
    const bad = {
      PORT: "99999999",
      REGISTRATION: "maybe",
      ADMIN_PASSWORD: "short",
      DATABASE_URL: "mysql://root:hunter22@db",
      UPSTREAM_ALLOW: "localhost:8069,http://user:hunter22@odoo",
    };
    const message = (() => {
      try {
        parseConfig(bad);
        return "";
      } catch (error) {
        return error instanceof ConfigError ? error.message : "";
      }
    })();
    for (const name of Object.keys(bad)) expect(message).toContain(`${name}:`);
    for (const value of ["99999999", "maybe", "short", "hunter22"]) expect(message).not.toContain(value);
  });

  it("a secret may stand in a file that its owner alone may read", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "postern-secret-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, "password");
    await writeFile(file, "an administrator's passphrase\n", { mode: 0o600 });
    const environment = { ADMIN_PASSWORD_FILE: file };
    expect(parseConfig(environment).ADMIN_PASSWORD).toBe("an administrator's passphrase");
    const both = { ...environment, ADMIN_PASSWORD: "another long passphrase" };
    expect(() => parseConfig(both)).toThrow("ADMIN_PASSWORD: give either it or ADMIN_PASSWORD_FILE, not both");
    await chmod(file, 0o644);
    expect(() => parseConfig(environment)).toThrow(/ADMIN_PASSWORD: anybody may use .* \(mode 644\)/);
    expect(() => parseConfig({ HMS_API_TOKEN_FILE: `${file}.away` })).toThrow(/HMS_API_TOKEN: .* cannot be read \(ENOENT\)/);
  });

  it.each([
    ["ADMIN_PASSWORD", "changeme"],
    ["ADMIN_PASSWORD", "password123"],
    ["ADMIN_PASSWORD", "postern2026"],
    ["ADMIN_PASSWORD", "<your-password>"],
    ["HMS_API_TOKEN", "your-token-here"],
    ["HMS_API_TOKEN", "xxxxxxxxxxxx"],
    ["ODOO_PASSWORD", "replace-me"],
    ["API_AUTH_PASSWORD", "change-me"],
    ["ADMIN_PASSWORD", "changemechangemechangemechangeme"],
    ["HMS_API_TOKEN", "1234567890123456789012345678901234567890"],
    ["HMS_API_TOKEN", "put-your-token-here-before-you-start-it"],
    ["ODOO_PASSWORD", "abcdefghijklmnopqrstuvwxyz"],
    ["DATABASE_URL", "postgresql://postern:change-me@db/postern"],
  ])("%s is refused at start when it is a placeholder or easy to guess (%s)", (name, value) => {
    expect(() => parseConfig({ [name]: value })).toThrow(new RegExp(`^The configuration is not usable:\\n  ${name}: [^\\n]+$`));
    expect(() => parseConfig({ [name]: value })).not.toThrow(value);
  });

  it("no secret that was made at random, or is a sentence, is taken for a placeholder", () => {
    const made = ["hex", "base64", "base64url"] as const;
    for (let count = 0; count < 2_000; count += 1) {
      const bytes = createHash("sha512").update(String(count)).digest();
      const secrets = made.map((encoding) => bytes.subarray(0, 8 + (count % 40)).toString(encoding));
      expect(secrets.filter(isPlaceholder)).toEqual([]);
    }
    const sentences = [
      "le changement de saison arrive",
      "I change it in every other May",
      "aaaaah, what a view",
      "1234 steps to go",
    ];
    expect(sentences.filter(isPlaceholder)).toEqual([]);
  });

  it("the command that checks it says where values come from and never what they are", () => {
    const environment = {
      ADMIN_PASSWORD: "canary of a passphrase",
      HOST: "0.0.0.0",
      DATABASE_URL: "postgresql://a:canary@db/b",
      TRUSTED_ISSUERS: '[{"issuer":"https://id.example","jwksUrl":"https://id.example/keys"}]',
    };
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    expect(runConfigCommand(["check"], parseConfig(environment), environment, print)).toBe(0);
    expect(lines).toContain("ADMIN_PASSWORD: set in the environment, where a file would be safer");
    expect(lines).toContain("PORT: default");
    expect(lines).toContain("Look again: HOST is open to others, and PUBLIC_URL is no https URL.");
    const audience =
      "TRUSTED_ISSUERS believes every token of https://id.example, those made for other systems too: name an audience.";
    expect(lines).toContain(`Look again: ${audience}`);
    expect(lines.join("\n")).not.toMatch(/canary|0\.0\.0\.0/);
    expect(runConfigCommand([], parseConfig({}), {}, print)).toBe(64);
  });

  it("an empty variable counts as absent", () => {
    expect(parseConfig({ DATABASE_URL: "", PORT: "" })).toMatchObject({ DATABASE_URL: undefined, PORT: 4000 });
  });

  it("an IPv6 address makes a URL, and the issuer of access tokens is one for all nodes, whatever their ports", () => {
    expect(parseConfig({ HOST: "::1", PORT: "80" })).toMatchObject({ url: "http://[::1]:80", issuer: "postern" });
    const PUBLIC_URL = "https://postern.example.test";
    expect(parseConfig({ PORT: "4001", PUBLIC_URL })).toMatchObject({ url: PUBLIC_URL, issuer: PUBLIC_URL });
  });

  it("several workers share PostgreSQL alone, and as many as there are cores are one on SQLite", () => {
    const DATABASE_URL = "postgresql://127.0.0.1/postern";
    expect(() => parseConfig({ WORKERS: "2" })).toThrow("WORKERS: more than one process needs DATABASE_URL");
    expect(() => parseConfig({ WORKERS: "0" })).toThrow("WORKERS: must be `auto` or a number from 1 to 999");
    const workersOf = (environment: Record<string, string>) => parseConfig(environment).workers;
    expect(workersOf({ WORKERS: "auto" })).toBe(1);
    expect(workersOf({ WORKERS: "auto", DATABASE_URL })).toBe(availableParallelism());
    expect(workersOf({ WORKERS: "4", DATABASE_URL })).toBe(4);
  });

  it("a key ring in the environment and a file for it at once are refused", () => {
    expect(() => parseConfig({ KEY_RING: "{}", KEY_RING_FILE: "x" })).toThrow(/KEY_RING/);
  });
});
