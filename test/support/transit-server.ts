import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

type Item = { readonly plaintext?: string; readonly ciphertext?: string; readonly associated_data?: string };
type Reply = { readonly status: number; readonly body?: object };

/** A stand-in for OpenBao's Transit engine: it encrypts, checks tokens and associated data, and can be out of order. */
export type TransitServer = {
  readonly url: string;
  /** Paths that were asked, oldest first. */
  readonly calls: string[];
  rotate(name?: string): void;
  setMinDecryptionVersion(version: number, name?: string): void;
  deleteKey(name?: string): void;
  /** Answers everything so from now on; null: as it should. */
  breakWith(status: number | "hang" | null): void;
  /** Makes a token that is good for `seconds`. */
  addToken(seconds?: number): string;
  /** Refuses every token that there is. */
  revokeAll(): void;
  readonly appRole: { readonly roleId: string; readonly secretId: string };
  close(): Promise<void>;
};

type TransitKey = { readonly versions: Buffer[]; minDecryption: number };
const IV_BYTES = 12;
const TAG_BYTES = 16;

function encrypt(key: TransitKey, { plaintext = "", associated_data = "" }: Item): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key.versions.at(-1) ?? Buffer.alloc(32), iv);
  cipher.setAAD(Buffer.from(associated_data, "base64"));
  const bytes = Buffer.concat([iv, cipher.update(Buffer.from(plaintext, "base64")), cipher.final(), cipher.getAuthTag()]);
  return `vault:v${key.versions.length}:${bytes.toString("base64")}`;
}

function decrypt(key: TransitKey, { ciphertext = "", associated_data = "" }: Item): { plaintext: string } | { error: string } {
  const [, version = "0", text = ""] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? [];
  const secret = key.versions[Number(version) - 1];
  if (secret === undefined) return { error: "invalid ciphertext: version is too new" };
  if (Number(version) < key.minDecryption) return { error: "ciphertext or signature version is disallowed by policy (too old)" };
  const bytes = Buffer.from(text, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", secret, bytes.subarray(0, IV_BYTES));
    decipher.setAAD(Buffer.from(associated_data, "base64"));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const plaintext = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    return { plaintext: plaintext.toString("base64") };
  } catch {
    return { error: "cipher: message authentication failed" };
  }
}

/** One that listens on 127.0.0.1 until the test is over; the key `postern` exists. */
export async function startTransitServer(): Promise<TransitServer> {
  const keys = new Map<string, TransitKey>([["postern", { versions: [randomBytes(32)], minDecryption: 1 }]]);
  const tokens = new Map<string, number>();
  const appRole = { roleId: randomUUID(), secretId: randomUUID() };
  const calls: string[] = [];
  let broken: number | "hang" | null = null;

  const addToken = (seconds = 3_600) => {
    const token = `s.${randomBytes(18).toString("base64url")}`;
    tokens.set(token, Date.now() + seconds * 1_000);
    return token;
  };
  const requireKey = (name: string) => {
    const key = keys.get(name);
    if (key === undefined) throw new Error(`the test has no Transit key ${name}`);
    return key;
  };
  const transit = (operation: string, name: string, body: Item & { batch_input?: Item[] }): Reply => {
    const key = keys.get(name);
    if (key === undefined) return { status: 400, body: { errors: ["encryption key not found"] } };
    if (operation === "rotate") {
      key.versions.push(randomBytes(32));
      return { status: 200, body: { data: { latest_version: key.versions.length } } };
    }
    const items = body.batch_input ?? [body];
    const batch_results = items.map((item) =>
      operation === "encrypt" ? { ciphertext: encrypt(key, item), key_version: key.versions.length } : decrypt(key, item),
    );
    const isFailed = batch_results.some((result) => "error" in result);
    return {
      status: isFailed ? 400 : 200,
      body: { data: body.batch_input === undefined ? batch_results[0] : { batch_results } },
    };
  };
  const answer = (request: IncomingMessage, text: string): Reply => {
    const path = (request.url ?? "").replace(/^\/v1\//, "");
    calls.push(path);
    if (broken !== null && broken !== "hang") return { status: broken, body: { errors: ["Vault is sealed"] } };
    const body = JSON.parse(text || "{}") as Record<string, string>;
    if (path === "auth/approle/login") {
      if (body.role_id !== appRole.roleId || body.secret_id !== appRole.secretId)
        return { status: 400, body: { errors: ["invalid role or secret ID"] } };
      return { status: 200, body: { auth: { client_token: addToken(), lease_duration: 3_600, renewable: true } } };
    }
    const token = String(request.headers["x-vault-token"] ?? "");
    if ((tokens.get(token) ?? 0) < Date.now()) return { status: 403, body: { errors: ["permission denied"] } };
    if (path === "auth/token/renew-self") return { status: 200, body: { auth: { client_token: token, lease_duration: 3_600 } } };
    const [, rotated] = /^transit\/keys\/([^/]+)\/rotate$/.exec(path) ?? [];
    if (rotated !== undefined) return transit("rotate", rotated, {});
    const [, operation, name] = /^transit\/(encrypt|decrypt)\/([^/]+)$/.exec(path) ?? [];
    if (operation === undefined || name === undefined) return { status: 404, body: { errors: [] } };
    return transit(operation, name, body as Item & { batch_input?: Item[] });
  };

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", async () => {
      if (broken === "hang") await sleep(60_000, undefined, { ref: false });
      const { status, body } = answer(request, Buffer.concat(pieces).toString());
      response.writeHead(status, { "content-type": "application/json" }).end(body === undefined ? "" : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  onTestFinished(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    rotate: (name = "postern") => void requireKey(name).versions.push(randomBytes(32)),
    setMinDecryptionVersion: (version, name = "postern") => {
      requireKey(name).minDecryption = version;
    },
    deleteKey: (name = "postern") => void keys.delete(name),
    breakWith: (how) => {
      broken = how;
    },
    addToken,
    revokeAll: () => tokens.clear(),
    appRole,
    close,
  };
}
