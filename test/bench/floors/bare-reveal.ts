import { createHash, randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { encodeParts } from "../../../src/keys/associated-data.ts";
import { createEnvelope } from "../../../src/keys/envelope.ts";
import { openKeyRing } from "../../../src/keys/key-ring.ts";

/*
 * The bare handler of a reveal: what has to be done by anybody, and nothing else. It hashes the token, reads the credential by one
 * prepared SELECT, opens the wrapped key and the secret, and writes one audit row, many in one commit, before it answers.
 */

const { DATA_DIR = "", SHAPE = "rest" } = process.env;
const file = path.join(DATA_DIR, "app.db");
const envelope = createEnvelope(openKeyRing({ file: path.join(DATA_DIR, "keys.json") }, { mayCreate: false }));

const reader = new Sqlite(file, { readonly: true });
const writer = new Sqlite(file);
for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"]) writer.pragma(pragma);
writer.exec(
  'CREATE TABLE IF NOT EXISTS "BareAudit" ("id" TEXT PRIMARY KEY, "action" TEXT, "actorId" TEXT, "targetId" TEXT, "createdAt" TEXT)',
);
const insert = writer.prepare('INSERT INTO "BareAudit" VALUES (?, ?, ?, ?, ?)');
const begin = writer.prepare("BEGIN IMMEDIATE");
const commit = writer.prepare("COMMIT");

const BY_NAME = `SELECT c."id", c."ownerKey", c."connectorId", c."project", c."label", v."version", v."publicFields", v."secretNames",
  v."keyId", v."wrappedKey", v."ciphertext", t."id" AS "tokenId"
  FROM "ServiceToken" t JOIN "User" u ON u."canonicalName" = ? AND u."isActive"
  JOIN "Credential" c ON c."ownerKey" = u."id" AND c."connectorId" = 'app-login' AND c."project" = ?
  JOIN "CredentialVersion" v ON v."credentialId" = c."id" AND v."version" = c."version"
  WHERE t."tokenHash" = ?`;
const select = reader.prepare<[string, string, Buffer], Row>(BY_NAME);

type Row = {
  id: string;
  ownerKey: string;
  connectorId: string;
  project: string;
  label: string;
  version: number;
  publicFields: string;
  secretNames: string;
  keyId: string;
  wrappedKey: Buffer<ArrayBuffer>;
  ciphertext: Buffer<ArrayBuffer>;
  tokenId: string;
};

const waiting: { row: Row; done: () => void }[] = [];

/** Stores the audit rows of all that wait in one commit, once what has already arrived has been read. */
function storeAudit(): void {
  const batch = waiting.splice(0);
  begin.run();
  for (const { row } of batch) insert.run(randomUUID(), "CREDENTIAL_REVEALED", row.tokenId, row.id, new Date().toISOString());
  commit.run();
  for (const { done } of batch) done();
}

function audited(row: Row): Promise<void> {
  if (waiting.length === 0) setImmediate(storeAudit);
  return new Promise((done) => waiting.push({ row, done }));
}

async function open(row: Row): Promise<Record<string, string>> {
  const binding = encodeParts([row.connectorId, row.project, row.label, row.publicFields, row.secretNames]);
  const context = {
    purpose: "credential",
    ownerId: row.ownerKey,
    recordId: row.id,
    field: "fields",
    version: row.version,
    binding,
  };
  const secret = await envelope.open(context, row);
  return { ...(JSON.parse(row.publicFields) as object), ...(JSON.parse(secret.toString()) as object) };
}

async function reveal(token: string, username: string, project: string, response: ServerResponse): Promise<void> {
  const hash = createHash("sha256").update(token).digest();
  const row = select.get(username, project, hash);
  if (row === undefined) return void response.writeHead(404).end();
  await audited(row);
  const { email = "", password = "" } = await open(row);
  const body =
    SHAPE === "rest"
      ? JSON.stringify({ [`dev_${project}_email`]: email, [`dev_${project}_password`]: password })
      : JSON.stringify({
          data: {
            revealCredential: {
              fields: [
                { name: "email", value: email },
                { name: "password", value: password },
              ],
            },
          },
        });
  response
    .writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(body) })
    .end(body);
}

const server = createServer((request, response) => {
  const token = request.headers.authorization?.slice(7) ?? "";
  const [, , , , username = "", project = ""] = (request.url ?? "").split("/");
  if (request.method === "GET") return void reveal(token, username, project, response);
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    const { username, project } = JSON.parse(body) as { username: string; project: string };
    void reveal(token, username, project, response);
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
