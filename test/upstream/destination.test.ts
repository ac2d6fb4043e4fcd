import { describe, expect, test } from "vitest";
import { classifyAddress } from "../../src/upstream/address.ts";
import { isPublicEntry, parseAllowList } from "../../src/upstream/allow-list.ts";
import { ConnectionError } from "../../src/upstream/connection-error.ts";
import { parseDestination, requireAddresses } from "../../src/upstream/destination.ts";

const nothingAllowed = parseAllowList([]);

function verdictOn(url: string, allowList = nothingAllowed): string {
  try {
    parseDestination(url, allowList);
    return "allowed";
  } catch (error) {
    return error instanceof ConnectionError ? error.code : String(error);
  }
}

const words = (text: string) => text.trim().split(/\s+/);

// Hosts as they may stand in a URL. Each reaches loopback, a private network, a metadata service or nothing of use.
const FORBIDDEN_HOSTS = {
  "loopback, in every spelling of IPv4": words(`
    127.0.0.1 127.0.0.0 127.0.0.2 127.1.2.3 127.255.255.254 127.1 127.0.1 2130706433 017700000001 0x7f000001 0x7F.0.0.1 0177.0.0.1
    0x7f.1 0177.1 127.0x0.0.1 0x7f.0x0.0x0.0x1 00000177.0.0.1 127.0.0.1. 2130706433. 0x7f000001. 127.000.000.001
    %31%32%37.0.0.1 127%2e0%2e0%2e1 １２７.0.0.1 127。0。0。1 127．0．0．1 ①②⑦.⓪.⓪.① 127.0.0.1%2e`),
  "this network and broadcast": words(
    "0.0.0.0 0 0.0 0x0 00 0.1.2.3 0.255.255.255 255.255.255.255 4294967295 0xffffffff 037777777777",
  ),
  "private networks": words(`
    10.0.0.0 10.0.0.1 10.255.255.255 10.1 167772161 0xa000001 012.0.0.1 0x0a.0.0.1 172.16.0.1 172.31.255.255 172.16.1 2886729729
    0xac100001 192.168.0.1 192.168.255.255 192.168.1 3232235521 0xc0a80001 0300.0250.0.1 100.64.0.1 100.127.255.255 1681915905`),
  "metadata services": words(`
    169.254.169.254 169.254.0.1 169.254.255.255 169.254.170.2 169.254.169.253 2852039166 0xa9fea9fe 0xa9.0xfe.0xa9.0xfe
    0251.0376.0251.0376 169.254.43518 169.16689662 168.63.129.16 2822734096 100.100.100.200 192.0.0.192
    [fd00:ec2::254] [fd00:ec2::1] [fd20:ce::254] [FD00:0EC2:0:0:0:0:0:0254]`),
  "special networks of IPv4": words(`
    192.0.0.1 192.0.0.8 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.88.99.2 192.175.48.1 198.18.0.1
    198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 224.0.0.251 239.255.255.250 239.255.255.255 240.0.0.1 250.1.2.3 255.255.255.254`),
  "IPv4 inside of IPv6": words(`
    [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1] [::FFFF:7F00:0001] [::ffff:0.0.0.0] [::ffff:10.0.0.1]
    [::ffff:192.168.1.1] [::ffff:172.16.0.1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [::ffff:100.100.100.200] [::ffff:168.63.129.16]
    [::127.0.0.1] [::10.0.0.1] [::169.254.169.254] [::7f00:1] [::192.168.0.1] [::8.8.8.8]
    [::ffff:0:127.0.0.1] [::ffff:0:10.0.0.1] [::ffff:0:a9fe:a9fe]
    [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::10.0.0.1] [64:ff9b::169.254.169.254] [64:ff9b::192.168.0.1] [64:ff9b::0.0.0.0]
    [64:ff9b:1::127.0.0.1] [64:ff9b:1:7f00:0:100::] [64:ff9b:1:a9fe:a9:fe00::] [64:ff9b:1::1] [64:ff9b:1:ffff::808:808]
    [2002:7f00:1::] [2002:7f00:0001::1] [2002:a00:1::] [2002:a9fe:a9fe::] [2002:c0a8:101::1] [2002:0:0::]
    [2001::1] [2001:0:7f00:1::] [2001:0:808:808:0:0:80ff:fffe] [2001:0:4136:e378:8000:63bf:3fff:fdd2]`),
  "special networks of IPv6": words(`
    [::] [::0] [0:0:0:0:0:0:0:0] [::1] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::0001] [::2] [fe80::1] [fe80::]
    [febf:ffff::1] [fec0::1] [feff::1] [fc00::1] [fd00::1] [fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff] [ff00::1] [ff02::1] [ff05::1:3]
    [100::1] [100:0:0:1::1] [2001:2::1] [2001:3::1] [2001:4:112::1] [2001:10::1] [2001:20::1] [2001:30::1] [2001:1ff:ffff::1]
    [2001:db8::1] [2001:db8:ffff::] [2620:4f:8000::1] [3fff::1] [3fff:fff::1] [5f00::1] [4000::1] [8000::1] [1::1] [1fff:ffff::1]
    [200::1] [fe00::1] [e000::1]`),
  "names of this machine and of metadata services": words(`
    localhost LOCALHOST LocalHost localhost. foo.localhost a.b.localhost. localhost.localdomain localhost4 localhost6
    localhost6.localdomain6 ip6-localhost ip6-loopback ｌｏｃａｌｈｏｓｔ ⓛocalhost local%68ost loc­alhost
    metadata metadata.google.internal METADATA.GOOGLE.INTERNAL metadata.google.internal. metadata.azure.internal instance-data
    instance-data.ec2.internal`),
};

const OPEN_HOSTS = words(`
  8.8.8.8 1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 172.15.255.255 172.32.0.0 192.167.255.255
  192.169.0.0 169.253.255.255 169.255.0.0 198.17.255.255 198.20.0.0 223.255.255.255 134744072 [2606:4700:4700::1111] [2a00:1450::1]
  [2001:200::1] [2001:4860:4860::8888] [3ffe:ffff::1] [::ffff:8.8.8.8] [64:ff9b::8.8.8.8] example.com odoo.example.com. xn--bcher-kva.example
  bücher.example localhost.example.com mylocalhost metadata-of.example.com`);

describe.each(Object.entries(FORBIDDEN_HOSTS))("forbidden: %s", (_, hosts) => {
  test.each(hosts)("%s", (host) => {
    expect([`https://${host}/`, `https://${host}:8443/a?b`].map((url) => verdictOn(url))).not.toContain("allowed");
  });
});

test.each(OPEN_HOSTS)("%s is open to everybody", (host) => {
  expect([`https://${host}/`, `https://${host}:8443/a?b`].map((url) => verdictOn(url))).toEqual(["allowed", "allowed"]);
});

test("the table of forbidden hosts has at least 150 entries, each once", () => {
  const all = Object.values(FORBIDDEN_HOSTS).flat();
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(150);
});

test("addresses are told apart by kind", () => {
  const addresses = [
    "8.8.8.8",
    "10.1.2.3",
    "100.64.0.1",
    "fd12::1",
    "127.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "169.254.169.254",
    "64:ff9b::a9fe:a9fe",
  ];
  const rest = ["0.0.0.0", "fe80::1", "fe80::1%eth0", "2002:808:808::", "not an address", ""];
  expect([...addresses, ...rest].map(classifyAddress)).toEqual([
    ...["public", "private", "private", "private", "loopback", "loopback", "loopback", "metadata", "metadata"],
    ...["special", "special", "special", "special", "special", "special"],
  ]);
});

test.each([
  ["user information", "https://user:secret-canary@example.com/"],
  ["an empty user name", "https://@example.com/"],
  ["a fragment", "https://example.com/#secret-canary"],
  ["an empty fragment", "https://example.com/#"],
  ["a line end", "https://example.com/\r\nsecret-canary"],
  ["a tab", "https://exa\tmple.com/"],
  ["a space", " https://example.com/"],
  ["a backslash", "https://example.com\\@secret-canary/"],
  ["another scheme", "ftp://example.com/"],
  ["a script", "javascript:alert(1)"],
  ["a file", "file:///etc/passwd"],
  ["no slashes", "https:example.com"],
  ["no host", "https://"],
  ["a port out of range", "https://example.com:99999/"],
  ["nothing at all", ""],
])("a URL with %s is refused without being repeated", (_, url) => {
  const refuse = () => parseDestination(url, nothingAllowed);
  expect(refuse).toThrow(expect.objectContaining({ code: "INVALID_FIELDS", stage: "VALIDATE" }));
  expect(refuse).not.toThrow(/canary/);
});

describe("ports", () => {
  test.each([0, 1, 22, 25, 110, 993, 1023, 2375, 3306, 5432, 6379, 9200, 10250, 11211, 27017])("%i is shut", (port) => {
    expect(verdictOn(`https://example.com:${port}/`)).toBe("BLOCKED_ADDRESS");
  });

  test.each([80, 443, 1024, 8069, 8443, 65535])("%i is open", (port) => {
    expect(verdictOn(`https://example.com:${port}/`)).toBe("allowed");
  });

  test("a shut port opens to the host:port that the operator wrote, and to no other host or port", () => {
    const allowList = parseAllowList(["search.example.com:9200", "10.0.0.5:9200", "10.0.0.0/8"]);
    const urls = [
      "https://search.example.com:9200",
      "https://example.com:9200",
      "https://10.0.0.5:9200",
      "https://10.0.0.6:9200",
    ];
    expect(urls.map((url) => verdictOn(url, allowList))).toEqual(["allowed", "BLOCKED_ADDRESS", "allowed", "BLOCKED_ADDRESS"]);
  });
});

describe("what the operator allows", () => {
  const allowList = parseAllowList(
    [
      "localhost:8069",
      "127.0.0.1:8069",
      "10.1.0.0/16",
      "fd12::/32",
      "192.168.1.7",
      "[::1]:8069",
      "Odoo.internal",
      "169.254.169.254",
      "0.0.0.0/0",
    ],
    ["http://operator.example:8070/odoo", "https://10.9.9.9/"],
  );

  test.each(
    words(`
      http://localhost:8069 http://LOCALHOST.:8069 https://127.0.0.1:8069 http://0x7f.1:8069 http://[::ffff:127.0.0.1]:8069
      http://[::1]:8069 http://10.1.2.3 https://10.1.255.255:8443 http://[fd12::1] http://192.168.1.7 http://odoo.internal
      http://odoo.internal:8080 http://operator.example:8070/x https://10.9.9.9/ http://8.8.8.8`),
  )("%s is allowed, plain http too", (url) => {
    expect(verdictOn(url, allowList)).toBe("allowed");
  });

  test.each(
    words(
      "http://169.254.169.254 https://169.254.169.254 http://0.0.0.0 https://255.255.255.255 https://metadata.google.internal https://[fe80::1]",
    ),
  )("%s stays forbidden, whatever the operator wrote", (url) => {
    expect(verdictOn(url, allowList)).toBe("BLOCKED_ADDRESS");
  });

  test("holds for the named port, host and network alone", () => {
    const narrow = parseAllowList(["localhost:8069", "10.1.0.0/16"], ["http://10.9.9.9:8069"]);
    const urls = ["http://localhost:8070", "https://127.0.0.1:8069", "https://10.2.0.1", "https://10.9.9.9", "http://8.8.8.8"];
    expect(urls.map((url) => verdictOn(url, narrow))).toEqual(urls.map(() => "BLOCKED_ADDRESS"));
  });

  test("of public hosts is those of a list alone where there is one, by the name that is written and never by its address", () => {
    const listed = parseAllowList(["10.0.0.0/8", "named.example"], [], ["api.example.com", "*.Odoo.com"]);
    const verdictAt = (host: string, address: string) => {
      try {
        requireAddresses(parseDestination(`https://${host}`, listed), [address], listed, "RESOLVE");
        return "allowed";
      } catch (error) {
        return (error as ConnectionError).message;
      }
    };
    const open = ["api.example.com", "mine.odoo.com", "a.b.odoo.com", "named.example"];
    expect(open.map((host) => verdictAt(host, "8.8.8.8"))).toEqual(open.map(() => "allowed"));
    expect(verdictAt("erp.internal", "10.1.2.3")).toBe("allowed");
    // Where no address is covered, a name that is not listed is not even looked up.
    expect(verdictOn("https://example.com", parseAllowList([], [], ["api.example.com"]))).toBe("BLOCKED_ADDRESS");
    for (const host of ["example.com", "odoo.com", "evilodoo.com", "x.api.example.com", "api.example.com.evil.test"])
      expect(verdictAt(host, "8.8.8.8")).toBe(`${host} is none of the hosts that the operator has opened with UPSTREAM_PUBLIC.`);
    expect(verdictOn("https://8.8.8.8", listed)).toBe("BLOCKED_ADDRESS");
    expect(["a.example", "*.a.example", "any", "*", "a.example:443", "https://a.example", ""].map(isPublicEntry)).toEqual([
      ...[true, true],
      ...[false, false, false, false, false],
    ]);
  });

  test.each([
    "",
    "10.0.0.0/33",
    "host:port",
    "http://localhost:8069",
    "a b",
    "host:99999",
    "::1/129",
    "1.2.3.4/8/8",
    "host/24",
    "*",
  ])("cannot be written as %j, and the error names the entry", (entry) => {
    expect(() => parseAllowList(["localhost", entry])).toThrow(`UPSTREAM_ALLOW: "${entry}"`);
  });
});

test("a refusal says in words what the operator can do", () => {
  const messageOf = (url: string) => {
    try {
      return parseDestination(url, nothingAllowed) && "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(
    ["https://10.0.0.1", "https://localhost", "https://169.254.169.254", "http://8.8.8.8", "https://example.com:22"].map(
      messageOf,
    ),
  ).toEqual([
    "10.0.0.1 is a private address; the operator can allow it with UPSTREAM_ALLOW.",
    "localhost is Postern's own machine; the operator can allow it with UPSTREAM_ALLOW.",
    "169.254.169.254 is an address that Postern never calls.",
    "http://8.8.8.8 is not encrypted; use https, or the operator can allow it with UPSTREAM_ALLOW.",
    "Port 22 is shut for upstream calls; the operator can allow example.com:22 with UPSTREAM_ALLOW.",
  ]);
});
