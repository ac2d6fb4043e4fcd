const words = (text: string) => text.trim().split(/\s+/);

/** First and last address of every range that no user's URL may reach; `-` between the two. */
const IPV4_RANGES = words(`
  0.0.0.0-0.255.255.255 10.0.0.0-10.255.255.255 100.64.0.0-100.127.255.255 127.0.0.0-127.255.255.255 169.254.0.0-169.254.255.255
  172.16.0.0-172.31.255.255 192.0.0.0-192.0.0.255 192.0.2.0-192.0.2.255 192.31.196.0-192.31.196.255 192.52.193.0-192.52.193.255
  192.88.99.0-192.88.99.255 192.168.0.0-192.168.255.255 192.175.48.0-192.175.48.255 198.18.0.0-198.19.255.255
  198.51.100.0-198.51.100.255 203.0.113.0-203.0.113.255 224.0.0.0-239.255.255.255 240.0.0.0-255.255.255.255`);

const IPV6_RANGES = words(`
  ::-:: ::1-::1 ::2-::ffff:ffff 64:ff9b:1::-64:ff9b:1:ffff:ffff:ffff:ffff:ffff 100::-100::ffff:ffff:ffff:ffff
  100:0:0:1::-100:0:0:1:ffff:ffff:ffff:ffff 2001::-2001:0:ffff:ffff:ffff:ffff:ffff:ffff 2001:1::1-2001:1::3
  2001:2::-2001:2:0:ffff:ffff:ffff:ffff:ffff 2001:3::-2001:3:ffff:ffff:ffff:ffff:ffff:ffff 2001:4:112::-2001:4:112:ffff:ffff:ffff:ffff:ffff
  2001:10::-2001:1f:ffff:ffff:ffff:ffff:ffff:ffff 2001:20::-2001:2f:ffff:ffff:ffff:ffff:ffff:ffff
  2001:30::-2001:3f:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff
  2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2620:4f:8000::-2620:4f:8000:ffff:ffff:ffff:ffff:ffff
  3fff::-3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff 4000::-5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 5f00::-5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff
  fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff
  fec0::-feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ff00::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff`);

const METADATA = words(`
  169.254.169.254 169.254.170.2 168.63.129.16 100.100.100.200 192.0.0.192 [fd00:ec2::254] [fd20:ce::254] metadata.google.internal
  metadata.google.internal. METADATA.google.internal metadata instance-data instance-data.ec2.internal`);

/** IPv4 addresses that the IPv6 forms and the spellings below are made of. */
const INNER = words("127.0.0.1 10.0.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.100.100.200");

/** Every way to carry an IPv4 address inside of an IPv6 one. */
const WRAPPINGS: readonly ((hex: string, dotted: string, inverted: string) => string)[] = [
  (_, dotted) => `::ffff:${dotted}`,
  (hex) => `::ffff:${hex}`,
  (hex) => `0:0:0:0:0:FFFF:${hex}`,
  (_, dotted) => `::${dotted}`,
  (_, dotted) => `::ffff:0:${dotted}`,
  (_, dotted) => `64:ff9b::${dotted}`,
  (_, dotted) => `64:ff9b:1::${dotted}`,
  (hex) => `2002:${hex}::1`,
  (hex) => `2001:0:${hex}::`,
  (_hex, _dotted, inverted) => `2001:0:808:808:0:0:${inverted}`,
];

const bytesOf = (address: string) => address.split(".").map(Number);
const hexOf = (bytes: readonly number[]) =>
  [0, 2].map((at) => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16)).join(":");

function wrapped(address: string): string[] {
  const bytes = bytesOf(address);
  const inverted = hexOf(bytes.map((byte) => byte ^ 0xff));
  return WRAPPINGS.map((wrap) => `[${wrap(hexOf(bytes), address, inverted)}]`);
}

/** Every way to write an IPv4 address that some resolver or parser reads. */
function spellings(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = bytesOf(address);
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const octal = (value: number) => `0${value.toString(8)}`;
  const hex = (value: number) => `0x${value.toString(16)}`;
  const digits = (base: number) => address.replace(/\d/g, (digit) => String.fromCodePoint(base + Number(digit)));
  return [
    String(number),
    octal(number),
    hex(number),
    [a, b, c, d].map(octal).join("."),
    [a, b, c, d].map(hex).join("."),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${hex(a)}.${b}.${c * 256 + d}`,
    `${address}.`,
    digits(0xff10),
    digits(0x1d7ce),
    address.replaceAll(".", "。"),
    address.replaceAll(".", "．"),
    address.replaceAll(".", "%2e"),
    address.replace(/^\d/, (digit) => `%3${digit}`),
  ];
}

const LOCAL_NAMES = words(`
  localhost LOCALHOST localhost. a.localhost localhost.localdomain localhost6 ip6-localhost ip6-loopback ｌｏｃａｌｈｏｓｔ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ loc%61lhost
  loc­alhost`);

/** Ports behind which no upstream lives. */
const SHUT_PORTS = words(`
  1 7 9 13 19 21 22 23 25 53 69 79 88 110 111 119 123 135 137 139 143 161 179 389 445 465 500 512 513 514 515 548 554 587 593 631 636
  873 989 990 992 993 995 1433 1521 2049 2375 2376 2379 3306 3389 5432 5672 5900 5984 6379 9042 9092 9200 9300 10250 11211 27017`).map(
  Number,
);

/** Whole URLs that are refused for their syntax or their scheme. */
const BROKEN = words(`
  ftp://8.8.8.8/ file:///etc/passwd gopher://127.0.0.1:70/_x dict://127.0.0.1:11211/stats ws://8.8.8.8/ javascript:alert(1) data:,x
  https://user:password@8.8.8.8/ https://@127.0.0.1/ https://8.8.8.8@127.0.0.1/ https://127.0.0.1#@8.8.8.8/ https://8.8.8.8/#fragment
  https://8.8.8.8\\@127.0.0.1/ https:\\\\127.0.0.1\\ https://[::1%25lo]/ https://[fe80::1%25eth0]/ https://[::1%lo]/ https://127.0.0.1:99999/
  https:127.0.0.1/ https:///127.0.0.1/ //127.0.0.1/ http://8.8.8.8/ http://example.com/ https://8.8.8.8:0/`);

const edgesOf = (ranges: readonly string[]) => [...new Set(ranges.flatMap((range) => range.split("-")))];

/** URLs that must be refused, each once; those of a host come with https on the usual port and on another one. */
export function forbiddenTargets(): string[] {
  const hosts = [
    ...edgesOf(IPV4_RANGES),
    ...edgesOf(IPV6_RANGES).map((address) => `[${address}]`),
    ...METADATA,
    ...INNER.flatMap(wrapped),
    ...INNER.slice(0, 4).flatMap(spellings),
    ...LOCAL_NAMES,
  ];
  const urls = hosts.map((host, index) => `https://${host}${index % 2 === 0 ? "" : ":8443"}/v1`);
  return [...new Set([...urls, ...SHUT_PORTS.map((port) => `https://8.8.8.8:${port}/v1`), ...BROKEN])];
}

/** URLs that must go through: public addresses just outside of the forbidden ranges, and what an operator's list covers. */
export const ALLOWED_TARGETS = words(`
  https://8.8.8.8/v1 https://1.1.1.1:8443/v1 https://9.255.255.255/v1 https://11.0.0.0/v1 https://100.63.255.255/v1
  https://100.128.0.0/v1 https://126.255.255.255/v1 https://128.0.0.1/v1 https://172.15.255.255/v1 https://172.32.0.0/v1
  https://192.167.255.255/v1 https://169.253.255.255/v1 https://198.17.255.255/v1 https://198.20.0.0/v1 https://223.255.255.255/v1
  https://[2606:4700:4700::1111]/v1 https://[2a00:1450::1]:8443/v1 https://[2001:200::1]/v1 https://[3ffe:ffff::1]/v1
  https://[64:ff9b::8.8.8.8]/v1 https://[::ffff:8.8.8.8]/v1 http://10.77.0.1/v1 http://10.77.255.255:8443/v1 https://10.77.1.1/v1
  http://localhost:8069/v1 http://127.0.0.1:8069/v1`);

/** What the operator allows while the targets above are tried. */
export const OPERATOR_ALLOWS = "localhost:8069,127.0.0.1:8069,10.77.0.0/16";

/** The forbidden targets that this list leaves forbidden: all of them. Ports that targets name or imply. */
export const TARGET_PORTS: readonly number[] = [...new Set([70, 80, 443, 8069, 8443, ...SHUT_PORTS])];
