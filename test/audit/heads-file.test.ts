import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { AuditAnchor } from "../../src/audit/audit-anchor.ts";
import { createHeadsFile, parseAnchorLine, readHeadsFile } from "../../src/audit/heads-file.ts";

const createdAt = new Date("2026-11-28T00:00:00.000Z");
const headOf = (sequence: number): AuditAnchor => {
  return { chainId: "chain_1", kind: "HEAD", sequence, mac: "mac", createdAt, signature: "signature" };
};

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-heads-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function readHeads(file: string): Promise<(AuditAnchor | null)[]> {
  const heads = [];
  for await (const line of readHeadsFile(file)) heads.push(parseAnchorLine(line));
  return heads;
}

it("heads go into a folder that is not there yet, which is its owner's alone", async () => {
  const file = path.join(makeFolder(), "data", "heads.jsonl");
  await createHeadsFile(file).append([headOf(1)]);
  expect(await readHeads(file)).toEqual([headOf(1)]);
  expect([file, path.dirname(file)].map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o700]);
});

it("a line that was cut off takes no head with it that comes after", async () => {
  const file = path.join(makeFolder(), "heads.jsonl");
  const sink = createHeadsFile(file);
  await sink.append([headOf(1), headOf(2)]);
  writeFileSync(file, readFileSync(file, "utf8").slice(0, -9));
  await sink.append([headOf(3)]);
  await sink.append([headOf(4)]);
  expect(await readHeads(file)).toEqual([headOf(1), null, headOf(3), headOf(4)]);
});
