import { readFileSync } from "node:fs";
import { type Config, ConfigError } from "./config.ts";
import { createDataKeyCache } from "./keys/data-key-cache.ts";
import type { RemoteKeys } from "./keys/envelope.ts";
import { createTransitClient } from "./keys/transit-client.ts";
import { createAppRoleTokens, createFileTokens } from "./keys/transit-token.ts";
import { createTransitWrapper } from "./keys/transit-wrapper.ts";
import { createTransitTransport } from "./upstream/transit-transport.ts";

/** The Transit key that the configuration names, or null. @throws {ConfigError} when what it names does not fit together */
export function createRemoteKeys(config: Config): RemoteKeys | null {
  const { TRANSIT_URL: url, TRANSIT_MOUNT: mount, TRANSIT_KEY: name, TRANSIT_NAMESPACE: namespace } = config;
  if (url === undefined) {
    if (config.KEY_WRAPPING === "transit") throw new ConfigError("KEY_WRAPPING=transit needs TRANSIT_URL.");
    return null;
  }
  const certificateAuthority = config.TRANSIT_CA_FILE === undefined ? undefined : readCertificates(config.TRANSIT_CA_FILE);
  const transport = createTransitTransport({ url, deadlineMs: config.TRANSIT_TIMEOUT_MS, certificateAuthority });
  const client = createTransitClient({ transport, namespace, tokens: createTokens(config, { transport, namespace }) });
  return {
    wrapper: createTransitWrapper(client, { mount, name }),
    isPrimary: config.KEY_WRAPPING !== "ring",
    cache: createDataKeyCache({ maxKeys: config.TRANSIT_CACHE_KEYS, maxAgeMs: config.TRANSIT_CACHE_SECONDS * 1_000 }),
  };
}

function createTokens(config: Config, connection: Parameters<typeof createFileTokens>[1]) {
  const { TRANSIT_TOKEN_FILE: file, TRANSIT_ROLE_ID: roleId, TRANSIT_SECRET_ID_FILE: secretIdFile } = config;
  if (file !== undefined && roleId === undefined) return createFileTokens(file, connection);
  if (file === undefined && roleId !== undefined && secretIdFile !== undefined) {
    return createAppRoleTokens({ roleId, secretIdFile, mount: config.TRANSIT_APPROLE_MOUNT }, connection);
  }
  throw new ConfigError("TRANSIT_URL needs either TRANSIT_TOKEN_FILE, or TRANSIT_ROLE_ID with TRANSIT_SECRET_ID_FILE.");
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`TRANSIT_CA_FILE: ${file} cannot be read (${error instanceof Error ? error.message : "unknown"}).`);
  }
}
