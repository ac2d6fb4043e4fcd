import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { z } from "zod";
import { AUDIT_ACTIONS, systemActor } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { AuditSecret } from "../audit/audit-secret.ts";
import type { AuditVerdict } from "../audit/chain-verifier.ts";
import { type AnchorSink, createHeadsFile } from "../audit/heads-file.ts";
import { type ExportFilter, exportTrail, verifyExport } from "../audit/trail-export.ts";
import { cutTrail } from "../audit/trail-retention.ts";
import { verifyTrail } from "../audit/trail-verification.ts";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import { systemClock } from "../identifiers.ts";
import { createEnvelope } from "../keys/envelope.ts";
import { openKeyRing } from "../keys/key-ring.ts";
import { type ExitCode, USAGE_ERROR } from "./usage-error.ts";

const USAGE = `Usage: npm run -s audit -- <command>
  verify                                   look for what was changed, removed, added, reordered, cut off or forked
  verify --offline FILE [--heads FILE]     the same of an exported file, by the key ring alone
  export [--from T] [--to T] [--action A]  the trail as JSON lines on standard output; T like 2026-01-31T12:00:00Z,
                                           A like CREDENTIAL_REVEALED
  cut --before T                           remove what is older, and leave a signed stub against which the rest verifies`;

type AuditStore = { readonly database: Database; readonly auditSecret: AuditSecret; readonly audit: AuditLog };

export type AuditCommandDependencies = {
  readonly config: Pick<Config, "auditHeadsFile" | "keyRingFile" | "KEY_RING">;
  /** Opens the store; verifying a file leaves it alone. */
  readonly open: () => Promise<AuditStore>;
  readonly print: (line: string) => void;
};

type Options = { offline?: string; heads?: string; from?: string; to?: string; action?: string; before?: string };
type Run = (dependencies: AuditCommandDependencies) => Promise<0 | 1>;

/** Runs `npm run audit` beside running gateways. Resolves with the exit code: 0 whole or done, 1 broken, 64 not understood. */
export async function runAuditCommand(args: readonly string[], dependencies: AuditCommandDependencies): Promise<ExitCode> {
  const run = findCommand(args);
  if (run !== null) return run(dependencies);
  dependencies.print(USAGE);
  return USAGE_ERROR;
}

/** Which options each command takes. */
const TAKEN: Readonly<Record<string, readonly (keyof Options)[]>> = {
  verify: ["offline", "heads"],
  export: ["from", "to", "action"],
  cut: ["before"],
};

/** A day or a time with its zone. `Date` would take 5 for a month, and the 31st of February for a day in March. */
const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

function findCommand(args: readonly string[]): Run | null {
  const [command = "", ...rest] = args;
  const taken = Object.hasOwn(TAKEN, command) ? TAKEN[command] : undefined;
  if (taken === undefined) return null;
  let values: Options;
  try {
    const options = Object.fromEntries(taken.map((name) => [name, { type: "string" as const }]));
    values = parseArgs({ args: rest, options, strict: true }).values as Options;
  } catch {
    return null;
  }
  const { offline, heads, from, to, action, before } = values;
  const times = [from, to, before].filter((text) => text !== undefined);
  if (!times.every((text) => time.safeParse(text).success) || Object.values(values).includes("")) return null;
  if (action !== undefined && !AUDIT_ACTIONS.some((known) => known === action)) return null;
  if (command === "export") {
    const filter = { ...(from && { from: new Date(from) }), ...(to && { to: new Date(to) }), ...(action && { action }) };
    return (dependencies) => exportAll(filter, dependencies);
  }
  if (command === "cut") return before === undefined ? null : (dependencies) => cut(new Date(before), dependencies);
  const named = [offline, heads].filter((file) => file !== undefined);
  if (offline !== undefined) return requireFiles(named, (dependencies) => verifyOffline(offline, heads ?? null, dependencies));
  return requireFiles(named, (dependencies) => verify(heads ?? dependencies.config.auditHeadsFile, dependencies));
}

/** A head that is not there proves nothing, and the trail would be called whole without it. */
function requireFiles(files: readonly string[], run: Run): Run {
  return async (dependencies) => {
    const missing = files.find((file) => statSync(file, { throwIfNoEntry: false })?.isDirectory() !== false);
    if (missing === undefined) return run(dependencies);
    dependencies.print(`${missing}: there is no such file; nothing is verified`);
    return 1;
  };
}

async function verify(headsFile: string, { open, print }: AuditCommandDependencies): Promise<0 | 1> {
  const { database, auditSecret, audit } = await open();
  const verdict = await verifyTrail({ database, secret: auditSecret, headsFile });
  const { events, chains, faultCount } = verdict;
  const outcome = faultCount === 0 ? "SUCCEEDED" : "FAILED";
  await audit.record({ actor: ACTOR, action: "AUDIT_VERIFIED", outcome, details: { events, chains, faults: faultCount } });
  return report(verdict, print);
}

async function verifyOffline(file: string, heads: string | null, { config, print }: AuditCommandDependencies): Promise<0 | 1> {
  const ring = openKeyRing({ file: config.keyRingFile, json: config.KEY_RING }, { mayCreate: false });
  const verdict = await verifyExport(file, createEnvelope(ring), heads);
  if (verdict.isPartial) print("The file holds a part of the trail: what is in it is judged, not what is left out.");
  if (!verdict.isComplete) print("The file is not what was exported: its end is missing, or something in it was changed.");
  const code = report(verdict, print);
  return verdict.isComplete ? code : 1;
}

async function exportAll(filter: ExportFilter, { open, print }: AuditCommandDependencies): Promise<0> {
  const { database, auditSecret, audit } = await open();
  const { from = null, to = null, action = null } = filter;
  const details = { from: from?.toISOString() ?? null, to: to?.toISOString() ?? null, action };
  // Before anything leaves, like every other event of something that leaves.
  await audit.record({ actor: ACTOR, action: "AUDIT_EXPORTED", details });
  for await (const line of exportTrail({ database, secret: auditSecret }, filter)) print(line);
  return 0;
}

async function cut(before: Date, { config, open, print }: AuditCommandDependencies): Promise<0 | 1> {
  // A year that was mistyped would take the whole trail.
  if (before > systemClock.now()) {
    print("Nothing is cut: that time has not come yet.");
    return 1;
  }
  const { database, auditSecret: secret, audit } = await open();
  const verdict = await verifyTrail({ database, secret, headsFile: config.auditHeadsFile });
  if (verdict.faultCount > 0) {
    print("Nothing is cut: the trail is broken, and to cut it would remove the evidence.");
    return report(verdict, print);
  }
  const sink: AnchorSink = createHeadsFile(config.auditHeadsFile);
  const removed = await cutTrail({ database, secret, sink, clock: systemClock }, before);
  await audit.record({ actor: ACTOR, action: "AUDIT_CUT", details: { before: before.toISOString(), events: removed } });
  print(`${removed} events are removed`);
  return 0;
}

function report({ events, chains, faultCount, faults, forks }: AuditVerdict, print: (line: string) => void): 0 | 1 {
  for (const { restoredAt, chains: givenUp } of forks)
    print(`RESTORED ${restoredAt.toISOString()}: a backup was restored, and ${givenUp} chains go no further than it had them`);
  for (const { kind, chainId, sequence, eventId } of faults) print(`${kind} ${chainId} ${sequence} ${eventId ?? "-"}`);
  if (faultCount > faults.length) print(`and ${faultCount - faults.length} more`);
  print(`${events} events in ${chains} chains: ${faultCount === 0 ? "whole" : `broken in ${faultCount} places`}`);
  return faultCount === 0 ? 0 : 1;
}

const ACTOR = systemActor("audit-command");
