import { existsSync } from "node:fs";
import { expect } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { findSecrets, readFolder } from "./canaries.ts";
import { dumpDatabase } from "./database.ts";

/** Members of requests and answers whose text is secret. */
const SECRET_MEMBERS = new Set([
  "password",
  "currentPassword",
  "newPassword",
  "accessToken",
  "refreshToken",
  "token",
  "api_auth_password",
  "odoo_password",
  "api_key",
  "access_token",
]);

/** A shorter one may stand in a file by chance. */
const LEAST_LENGTH = 12;
/** Of one gateway: a test that signs in a thousand times is no better for a thousand searches. */
const MOST_SECRETS = 40;

/** The secrets that went into or came out of one gateway. */
export type SecretWatch = {
  /** Takes note of what is secret in a request or an answer. */
  note(json: unknown): void;
  /** Takes note of the error of an answer, which may hold no secret. */
  noteErrors(errors: unknown): void;
  /** Fails the test when one of them stands in the log, in an error, in a file of the store or in a table. */
  expectNoLeak(found: { readonly log: string; readonly dataDir: string; readonly database: Database }): Promise<void>;
};

function* secretsIn(json: unknown): Generator<string> {
  if (typeof json !== "object" || json === null) return;
  for (const [name, value] of Object.entries(json)) {
    if (typeof value !== "string") yield* secretsIn(value);
    else if (SECRET_MEMBERS.has(name)) yield value;
  }
  // A credential's field: `{ name: "password", value: "…" }`.
  if ("name" in json && "value" in json && SECRET_MEMBERS.has(String(json.name))) yield String(json.value);
}

/** Makes every test that uses a gateway a test of leaks, in the seven encodings of `findSecrets`. */
export function watchSecrets(...known: readonly string[]): SecretWatch {
  const secrets = new Set(known);
  const errors: string[] = [];
  return {
    note: (json) => {
      for (const secret of secretsIn(json)) {
        if (secret.length >= LEAST_LENGTH && secrets.size < MOST_SECRETS) secrets.add(secret);
      }
    },
    noteErrors: (found) => {
      if (found !== undefined) errors.push(JSON.stringify(found));
    },
    expectNoLeak: async ({ log, dataDir, database }) => {
      const files = existsSync(dataDir) ? readFolder(dataDir) : {};
      const tables = await dumpDatabase(database);
      const contents = { ...files, ...tables, log: Buffer.from(log), errors: Buffer.from(errors.join("\n")) };
      const named = Object.fromEntries([...secrets].map((secret, index) => [`secret ${index} (${secret.slice(0, 4)}…)`, secret]));
      expect(findSecrets(named, contents)).toEqual([]);
    },
  };
}
