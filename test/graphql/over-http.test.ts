import { serverAudits } from "graphql-http";
import { describe, expect, it } from "vitest";
import { startGateway } from "../support/gateway.ts";

/** What the audits find that is meant so, with the reason. */
const EXPLAINED: Readonly<Record<string, string>> = {
  "572B":
    "A document that cannot be parsed is 400 for every Accept: a refusal that looks like success hides from proxies and logs.",
  FDE2: "The same for one that is not valid.",
  "7B9B": "The same for variables that do not fit.",
  "5A70": "A GET without a header that needs a preflight is refused: a foreign page could send it.",
  D6D5: "The same.",
  "6A70": "The same.",
};

describe("GraphQL over HTTP", () => {
  it("passes every audit of graphql-http, without an unexplained warning", async () => {
    const gateway = await startGateway({ INTROSPECTION: "public" });
    const audits = serverAudits({ url: `${gateway.url}/graphql`, fetchFn: fetch });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    const found = results.flatMap((result) =>
      result.status === "ok" ? [] : [`${result.status} ${result.id} ${result.name}: ${result.reason}`],
    );
    const unexplained = found.filter((line) => !Object.keys(EXPLAINED).some((id) => line.includes(` ${id} `)));
    expect(unexplained).toEqual([]);
    expect(results.length).toBeGreaterThan(50);
  });
});
