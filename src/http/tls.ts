import { readFileSync, statSync } from "node:fs";
import { createSecureContext, Server } from "node:tls";
import type { FastifyInstance } from "fastify";
import { readSecretFile } from "../config/secret-file.ts";
import { type Config, ConfigError } from "../config.ts";

type Files = Pick<Config, "TLS_CERT_FILE" | "TLS_KEY_FILE">;
type Certificate = { readonly cert: string; readonly key: string };

/** What a server needs to speak https itself. */
export type Tls = {
  /** Options of Node's https server. */
  readonly options: object;
  /**
   * Serves a renewed certificate to whoever connects from then on; one that cannot be used is logged, and the old one is served
   * until it can.
   */
  follow(app: FastifyInstance, lookingMs?: number): void;
};

/** How often it is looked whether a certificate was renewed. */
const LOOKING_MS = 60_000;
/** Nothing older than TLS 1.2, and of its suites those alone that keep what was recorded secret, and authenticate it. */
const RULES = {
  minVersion: "TLSv1.2",
  ciphers: [
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
  ].join(":"),
  honorCipherOrder: true,
} as const;

function readCertificate({ TLS_CERT_FILE = "", TLS_KEY_FILE = "" }: Files): Certificate {
  const key = readSecretFile(TLS_KEY_FILE);
  if ("problem" in key) throw new ConfigError(`TLS_KEY_FILE: ${key.problem}`);
  const certificate = { cert: readPublicFile(TLS_CERT_FILE), key: key.text ?? "" };
  try {
    createSecureContext({ ...RULES, ...certificate });
  } catch {
    throw new ConfigError(`TLS_CERT_FILE: ${TLS_CERT_FILE} and ${TLS_KEY_FILE} are not a certificate and its key`);
  }
  return certificate;
}

function readPublicFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`TLS_CERT_FILE: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}

/** What changes with the files, and with who may read them. */
function versionOf({ TLS_CERT_FILE = "", TLS_KEY_FILE = "" }: Files): string {
  const versions = [TLS_CERT_FILE, TLS_KEY_FILE].map((file) => {
    try {
      const { ino, mtimeMs, ctimeMs } = statSync(file);
      return [ino, mtimeMs, ctimeMs];
    } catch (error) {
      return [(error as NodeJS.ErrnoException).code];
    }
  });
  return versions.flat().join();
}

/**
 * The certificate that the configuration names, or null where it names none.
 * @throws {ConfigError} naming the file that cannot be used
 */
export function readTls(files: Files): Tls | null {
  if (files.TLS_CERT_FILE === undefined) return null;
  let served = versionOf(files);
  let failed: string | null = null;
  const options = { ...RULES, ...readCertificate(files), ALPNProtocols: ["http/1.1"] };
  const look = (server: Server, { log }: FastifyInstance) => {
    const found = versionOf(files);
    if (found === served) return;
    try {
      server.setSecureContext({ ...RULES, ...readCertificate(files) });
      served = found;
      log.info("the renewed certificate is served");
    } catch (error) {
      if (found !== failed) log.error({ err: error }, "the renewed certificate cannot be used, and the old one is served");
      failed = found;
    }
  };
  return {
    options,
    follow: (app, lookingMs = LOOKING_MS) => {
      const server: unknown = app.server;
      if (!(server instanceof Server)) throw new Error("Only a server of https has a certificate.");
      const timer = setInterval(look, lookingMs, server, app).unref();
      app.addHook("onClose", async () => clearInterval(timer));
    },
  };
}
