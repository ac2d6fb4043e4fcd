import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A secret that no other text can be mistaken for, with characters that every encoding writes differently. */
export function makeCanary(): string {
  return `cañary-${randomBytes(9).toString("hex")}+/"é%&`;
}

/** The seven ways in which a secret may stand in a file or a log. */
function formsOf(secret: string): Readonly<Record<string, Buffer>> {
  const bytes = Buffer.from(secret);
  return {
    raw: bytes,
    base64: Buffer.from(bytes.toString("base64").replace(/=+$/, "")),
    base64url: Buffer.from(bytes.toString("base64url")),
    hex: Buffer.from(bytes.toString("hex")),
    url: Buffer.from(encodeURIComponent(secret)),
    json: Buffer.from(JSON.stringify(secret).slice(1, -1)),
    utf16: Buffer.from(secret, "utf16le"),
  };
}

/** Which of the secrets stand in the content, and how: `["password as base64 in app.db"]`. */
export function findSecrets(secrets: Readonly<Record<string, string>>, contents: Readonly<Record<string, Buffer>>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(formsOf(secret)).flatMap(([form, needle]) =>
      Object.entries(contents)
        .filter(([, content]) => content.includes(needle))
        .map(([where]) => `${name} as ${form} in ${where}`),
    ),
  );
}

/** Every file below a folder, by its name. */
export function readFolder(folder: string): Record<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map((file) => [file.name, readFileSync(path.join(file.parentPath, file.name))]));
}
