import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { environmentExample, withTables } from "../../src/commands/write-tables.ts";

describe("the documents", () => {
  it("README.md lists the configuration and the error codes as the code has them", () => {
    const readme = readFileSync("README.md", "utf8");
    expect(readme).toEqual(withTables(readme));
  });

  it(".env.example names every variable with its default", () => {
    expect(readFileSync(".env.example", "utf8")).toEqual(environmentExample());
  });

  it("README.md stays under 200 lines", () => {
    expect(readFileSync("README.md", "utf8").split("\n").length).toBeLessThan(200);
  });
});
