import { expect, test } from "vitest";
import { parseAllowList } from "../../src/upstream/allow-list.ts";
import { ConnectionError } from "../../src/upstream/connection-error.ts";
import { parseDestination } from "../../src/upstream/destination.ts";
import { createHttpClient } from "../../src/upstream/guarded-http-client.ts";
import { createHostLookup } from "../../src/upstream/host-lookup.ts";
import { startDnsServer } from "../support/dns-server.ts";
import { answerName, FORBIDDEN_NAMES } from "../support/forbidden-names.ts";
import { ALLOWED_TARGETS, forbiddenTargets, OPERATOR_ALLOWS } from "../support/forbidden-targets.ts";

const allowList = parseAllowList(OPERATOR_ALLOWS.split(","));

/** Why a URL is refused by its text alone; null when it is not. */
function refusalOf(url: string): string | null {
  try {
    parseDestination(url, allowList);
    return null;
  } catch (error) {
    return error instanceof ConnectionError ? error.code : String(error);
  }
}

test("over 265 URLs of forbidden ranges, embeddings, spellings, ports and schemes are refused by their text, and none of the allowed", () => {
  // Plain http to a name is refused once the name's addresses are known.
  const targets = forbiddenTargets().filter((url) => url !== "http://example.com/");
  expect(targets.length).toBeGreaterThanOrEqual(265);
  expect(targets.filter((url) => !/^(BLOCKED_ADDRESS|INVALID_FIELDS)$/.test(refusalOf(url) ?? "allowed"))).toEqual([]);
  expect(ALLOWED_TARGETS.length).toBeGreaterThanOrEqual(16);
  expect(ALLOWED_TARGETS.filter((url) => refusalOf(url) !== null)).toEqual([]);
});

test("whatever a hostile name server says, a name leads to no forbidden address, with a thousand records or none", async () => {
  const dns = await startDnsServer(answerName);
  const lookupHost = createHostLookup({ servers: [dns.address], hostsFile: "/nonexistent" });
  const http = createHttpClient({ allowList, lookupHost, limits: { lookupMs: 1_000, connectMs: 1 } });
  const verdictOf = async (name: string) => {
    const request = http.request({ method: "GET", url: `https://${name}`, signal: new AbortController().signal });
    const failure = await request.catch((error: unknown) => error);
    return failure instanceof ConnectionError ? `${failure.code} ${failure.stage}` : "answered";
  };
  const names = FORBIDDEN_NAMES.filter((name) => !/^(missing|silent|rebinding)/.test(name));
  expect(await Promise.all(names.map(verdictOf))).toEqual(names.map(() => "BLOCKED_ADDRESS RESOLVE"));
  expect([await verdictOf("missing.test"), await verdictOf("silent.test")]).toEqual(["UNREACHABLE RESOLVE", "TIMEOUT RESOLVE"]);
  expect((await verdictOf("rebinding.test")).split(" ")[1]).not.toBe("RESOLVE");
  expect(await verdictOf("rebinding.test")).toBe("BLOCKED_ADDRESS RESOLVE");
});
