import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DOCUMENTS, environmentExample } from "../../src/commands/write-tables.ts";

describe("the documents", () => {
  it.each(Object.entries(DOCUMENTS))("%s has its table as the code has it", (file, withTable) => {
    const text = readFileSync(file, "utf8");
    expect(text).toEqual(withTable(text));
  });

  it(".env.example names every variable with its default", () => {
    expect(readFileSync(".env.example", "utf8")).toEqual(environmentExample());
  });

  it("README.md stays under 200 lines", () => {
    expect(readFileSync("README.md", "utf8").split("\n").length).toBeLessThan(200);
  });
});
