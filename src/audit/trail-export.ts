import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { toAsciiJson } from "../ascii-json.ts";
import type { Database } from "../database/database.ts";
import { badInput } from "../errors.ts";
import type { Envelope } from "../keys/envelope.ts";
import { AuditAnchorRepository } from "./audit-anchor.repository.ts";
import type { AuditAnchor } from "./audit-anchor.ts";
import { beginningOf, type ChainedRecord } from "./audit-chain.ts";
import { findAuditKey, type SealedAuditKey, unsealAuditKey } from "./audit-key.ts";
import type { AuditSecret } from "./audit-secret.ts";
import { type AuditVerdict, ChainVerifier } from "./chain-verifier.ts";
import { parseAnchorLine } from "./heads-file.ts";
import { readChains } from "./trail-reader.ts";
import { addHeadsFile } from "./trail-verification.ts";

/** Which events are exported; all when empty. */
export type ExportFilter = { readonly from?: Date; readonly to?: Date; readonly action?: string };

export type TrailExportDependencies = { readonly database: Database; readonly secret: AuditSecret };

function encodeLine(value: object): string {
  return toAsciiJson(JSON.stringify(value));
}

/**
 * The trail as JSON lines, chain by chain: a `header` with the sealed audit key, `anchor`s, `event`s, and a signed `end`
 * over all that stands before it. Who has the key ring verifies it without the store. Events outside of every chain are
 * not in it.
 */
export async function* exportTrail({ database, secret }: TrailExportDependencies, filter: ExportFilter): AsyncGenerator<string> {
  const digest = createHash("sha256");
  const take = (value: object): string => {
    const line = encodeLine(value);
    digest.update(`${line}\n`);
    return line;
  };
  const isPartial = Object.keys(filter).length > 0;
  yield take({ type: "header", product: "postern", format: 1, filter, isPartial, key: encodeKey(await findAuditKey(database)) });
  if (!isPartial)
    for await (const anchor of readAnchors(new AuditAnchorRepository(database))) yield take({ type: "anchor", ...anchor });
  let previous: ChainedRecord | null = null;
  let events = 0;
  for await (const links of readChains(database)) {
    for (const link of links) {
      const previousMac: string = isNext(previous, link) ? previous.mac : beginningMac(secret, link);
      previous = link;
      if (!fits(filter, link)) continue;
      events += 1;
      yield take({ type: "event", ...link, previousMac });
    }
  }
  yield encodeLine({ type: "end", events, signature: secret.sign(`export ${digest.digest("base64url")}`) });
}

function isNext(previous: ChainedRecord | null, link: ChainedRecord): previous is ChainedRecord {
  return previous !== null && previous.chainId === link.chainId;
}

/** What the first link of a chain is checked against. After a cut that is the cut's own MAC, which its anchor says. */
function beginningMac(secret: AuditSecret, { chainId, sequence }: ChainedRecord): string {
  return sequence === 1 ? beginningOf(secret, chainId).mac : "";
}

async function* readAnchors(anchors: AuditAnchorRepository): AsyncGenerator<AuditAnchor> {
  let after: AuditAnchor | null = null;
  do {
    const page: readonly AuditAnchor[] = await anchors.findPage(after, 100);
    yield* page;
    after = page.at(-1) ?? null;
  } while (after !== null);
}

function fits({ from, to, action }: ExportFilter, { createdAt, action: found }: ChainedRecord): boolean {
  if (from !== undefined && createdAt < from) return false;
  if (to !== undefined && createdAt >= to) return false;
  return action === undefined || action === found;
}

type EncodedKey = { [Name in keyof SealedAuditKey]: string };

const KEY_MEMBERS = ["id", "publicKey", "keyId", "wrappedKey", "ciphertext"] as const satisfies readonly (keyof SealedAuditKey)[];

function isEncodedKey(value: unknown): value is EncodedKey {
  return KEY_MEMBERS.every((name) => typeof (value as Line | null)?.[name] === "string");
}

function encodeKey(key: SealedAuditKey | null): EncodedKey | null {
  if (key === null) return null;
  const { id, publicKey, keyId, wrappedKey, ciphertext } = key;
  const encode = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  return { id, publicKey, keyId, wrappedKey: encode(wrappedKey), ciphertext: encode(ciphertext) };
}

function decodeKey({ id, publicKey, keyId, wrappedKey, ciphertext }: EncodedKey): SealedAuditKey {
  const decode = (text: string) => Buffer.from(text, "base64url");
  return { id, publicKey, keyId, wrappedKey: decode(wrappedKey), ciphertext: decode(ciphertext) };
}

/** What an exported file says of itself, beside its events. */
export type ExportVerdict = AuditVerdict & { readonly isPartial: boolean; readonly isComplete: boolean };

type Line = Record<string, unknown>;

/**
 * Verifies an exported file without the store, by the sealed key in it and the ring that opens it; `isComplete` is false
 * when the file is not, to the byte, what was exported.
 * @throws {GatewayError} BAD_USER_INPUT for what is no export, INTEGRITY_ERROR when the ring does not open its key
 */
export async function verifyExport(file: string, envelope: Envelope, headsFile: string | null): Promise<ExportVerdict> {
  const digest = createHash("sha256");
  let opened: { secret: AuditSecret; verifier: ChainVerifier; isPartial: boolean } | null = null;
  let [isComplete, events] = [false, 0];
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const line = parseLine(text);
    if (opened === null) {
      opened = await openExport(line, envelope, headsFile);
    } else if (line.type === "end") {
      const statement = `export ${digest.copy().digest("base64url")}`;
      isComplete = line.events === events && opened.secret.isSigned(statement, String(line.signature));
      continue;
    } else if (line.type === "event") {
      events += 1;
      addEvent(opened.verifier, line);
    } else {
      const anchor = parseAnchorLine(text);
      if (anchor !== null) opened.verifier.addAnchor(anchor);
    }
    isComplete = false;
    digest.update(`${text}\n`);
  }
  if (opened === null) throw badInput("file", "The file is empty.");
  return { ...opened.verifier.finish(), isPartial: opened.isPartial, isComplete };
}

function parseLine(text: string): Line {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Line;
  } catch {
    // Said below.
  }
  throw badInput("file", "There is a line in the file that is no JSON object.");
}

async function openExport(header: Line, envelope: Envelope, headsFile: string | null) {
  if (header.type !== "header" || header.format !== 1 || !isEncodedKey(header.key))
    throw badInput("file", "The file is no export of an audit trail.");
  const secret = await unsealAuditKey(envelope, decodeKey(header.key));
  const isPartial = header.isPartial === true;
  const verifier = new ChainVerifier(secret, isPartial);
  if (headsFile !== null) await addHeadsFile(verifier, headsFile);
  return { secret, verifier, isPartial };
}

function addEvent(verifier: ChainVerifier, { type: _, previousMac, createdAt, ...line }: Line): void {
  const time = new Date(String(createdAt));
  const link = { ...line, createdAt: Number.isNaN(time.getTime()) ? new Date(0) : time } as unknown as ChainedRecord;
  verifier.addLink(link, typeof previousMac === "string" && previousMac !== "" ? previousMac : null);
}
