import { createSocket } from "node:dgram";
import { once } from "node:events";
import ipaddr from "ipaddr.js";
import { onTestFinished } from "vitest";

/** What the name server says of a name: addresses of both families; nothing known of it; or no word at all. */
export type NameAnswer = { readonly addresses: readonly string[]; readonly alias?: string } | "unknown" | "silence";

export type DnsServer = {
  /** As `createHostLookup` takes it. */
  readonly address: string;
  /** Questions so far, as `A name` and `AAAA name`. */
  readonly questions: readonly string[];
};

const TYPES: Readonly<Record<number, string>> = { 1: "A", 28: "AAAA" };
const CNAME = 5;

/** Reads the one question of a query: its name, its type and where it ends. */
function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function encodeName(name: string): Buffer {
  return Buffer.concat([...name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);
}

function encodeRecord(name: Buffer, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([name, fixed, data]);
}

function encodeAnswer(query: Buffer, answer: Exclude<NameAnswer, "silence">): Buffer {
  const { type, end } = readQuestion(query);
  const { addresses, alias } = answer === "unknown" ? { addresses: [] } : answer;
  const bytes = addresses.map((address) => Buffer.from(ipaddr.parse(address).toByteArray()));
  const owner = alias === undefined ? Buffer.from([0xc0, 12]) : encodeName(alias);
  const records = [
    ...(alias === undefined ? [] : [encodeRecord(Buffer.from([0xc0, 12]), CNAME, encodeName(alias))]),
    ...bytes.filter(({ length }) => length === (type === 1 ? 4 : 16)).map((data) => encodeRecord(owner, type, data)),
  ];
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(answer === "unknown" ? 0x8183 : 0x8180, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, query.subarray(12, end), ...records]);
}

/** A real name server on a UDP port of 127.0.0.1, a free one when left out; `answer` is asked at every question, so that it may change its mind. */
export async function startDnsServer(answer: (name: string, type: string) => NameAnswer, port = 0): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  socket.on("message", (query, { address, port }) => {
    const { name, type } = readQuestion(query);
    const typeName = TYPES[type] ?? String(type);
    questions.push(`${typeName} ${name}`);
    const said = answer(name, typeName);
    if (said !== "silence") socket.send(encodeAnswer(query, said), port, address);
  });
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  return { address: `127.0.0.1:${socket.address().port}`, questions };
}
