import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** PEM certificates by `host` or `host:port`: what that place is believed with, instead of the well-known authorities. */
export type PinnedAuthorities = ReadonlyMap<string, readonly string[]>;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates pinned for a host without brackets; undefined where the well-known ones hold. */
export function findAuthorities(pinned: PinnedAuthorities | undefined, host: string, port: number) {
  return pinned?.get(`${host}:${port}`) ?? pinned?.get(host);
}

/**
 * Reads entries of `UPSTREAM_CA`, `host=file` or `host:port=file`, and their files.
 * @throws {Error} saying which entry cannot be used, and not what is in it
 */
export function readPinnedAuthorities(entries: readonly string[]): PinnedAuthorities {
  return new Map(entries.map((entry, index) => readEntry(entry, `entry ${index + 1}`)));
}

function readEntry(entry: string, name: string): readonly [place: string, certificates: readonly string[]] {
  const at = entry.indexOf("=");
  const place = entry.slice(0, Math.max(at, 0)).toLowerCase().replace(/[[\]]/g, "");
  const file = entry.slice(at + 1);
  if (place === "" || file === "") throw new Error(`${name} is not host=file`);
  const certificates = attempt(() => readFileSync(file, "utf8"), `${name}: the file cannot be read`).match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new Error(`${name}: the file has no PEM certificate`);
  for (const each of certificates) attempt(() => new X509Certificate(each), `${name}: the file has a damaged certificate`);
  return [place, certificates];
}

function attempt<Result>(work: () => Result, complaint: string): Result {
  try {
    return work();
  } catch (error) {
    throw new Error(complaint, { cause: error });
  }
}
