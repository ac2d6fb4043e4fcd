import type { NameAnswer } from "./dns-server.ts";

const many = (count: number, last: string) => [
  ...Array.from({ length: count }, (_, index) => `8.8.${index >> 8}.${index & 255}`),
  last,
];

/** Names by what a hostile name server says of them. */
const ANSWERS: Readonly<Record<string, NameAnswer>> = {
  "loopback.test": { addresses: ["127.0.0.1"] },
  "loopback6.test": { addresses: ["::1"] },
  "private.test": { addresses: ["10.0.0.1"] },
  "unique-local.test": { addresses: ["fd12::1"] },
  "link-local.test": { addresses: ["fe80::1"] },
  "cloud.test": { addresses: ["169.254.169.254"] },
  "cloud6.test": { addresses: ["fd00:ec2::254"] },
  "azure.test": { addresses: ["168.63.129.16"] },
  "nothing.test": { addresses: ["0.0.0.0"] },
  "nothing6.test": { addresses: ["::"] },
  "broadcast.test": { addresses: ["255.255.255.255"] },
  "one-bad.test": { addresses: ["8.8.8.8", "9.9.9.9", "127.0.0.1"] },
  "bad-first.test": { addresses: ["192.168.0.1", "8.8.8.8"] },
  "bad-family.test": { addresses: ["8.8.8.8", "::1"] },
  "mapped.test": { addresses: ["::ffff:127.0.0.1"] },
  "compatible.test": { addresses: ["::10.0.0.1"] },
  "nat64.test": { addresses: ["64:ff9b::a9fe:a9fe"] },
  "6to4.test": { addresses: ["2002:7f00:1::1"] },
  "teredo.test": { addresses: ["2001:0:7f00:1::"] },
  "alias.test": { addresses: ["172.16.0.1"], alias: "inside.test" },
  "alias-of-metadata.test": { addresses: ["169.254.169.254"], alias: "metadata.google.internal" },
  "hundred.test": { addresses: many(99, "10.0.0.1") },
  "thousand.test": { addresses: many(999, "127.0.0.1") },
  "missing.test": "unknown",
  "silent.test": "silence",
};

/** The public face of the name that is rebound between two look-ups: to dial it is no fault. */
export const HARMLESS_ADDRESS = "8.8.4.4";
let asked = 0;

/** The names that no user's URL may reach, however often they are asked for. */
export const FORBIDDEN_NAMES: readonly string[] = [...Object.keys(ANSWERS), "rebinding.test"];

/** What the hostile name server says; one name is public at every odd question and loopback at every even one. */
export function answerName(name: string, type: string): NameAnswer {
  if (name !== "rebinding.test") return ANSWERS[name] ?? "unknown";
  if (type === "A") asked += 1;
  return { addresses: [asked % 2 === 1 ? HARMLESS_ADDRESS : "127.0.0.1"] };
}
