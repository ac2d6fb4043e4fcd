import { expect, it } from "vitest";
import { PERMISSIONS } from "../../src/access/permission.ts";
import { verdictFor } from "./cells.ts";
import { OPERATIONS, watchRoutes } from "./operations.ts";
import { COLUMNS, ROWS, type Row, writeRow } from "./table.ts";
import { INPUTS } from "./verdicts.ts";
import { VIEWER_KINDS } from "./viewers.ts";
import { startWorld, type World } from "./world.ts";

/** What every kind of viewer gets at the operation of a row, as a line of the table. */
async function lineFor(world: World, { name, operation, needs }: Row): Promise<string> {
  const input = INPUTS[name]?.(world) ?? {};
  const verdicts = await Promise.all(VIEWER_KINDS.map((kind) => verdictFor(world, { operation, needs, input }, kind)));
  return writeRow({ name, needs, verdicts });
}

it("every operation and every route has a written verdict for every kind of viewer, and every kind gets just that", async () => {
  const { result: world, routes } = await watchRoutes(startWorld);
  const operations = [...OPERATIONS.map(({ name }) => name), ...routes];
  const written = new Set(ROWS.map(({ operation }) => operation));
  expect(COLUMNS).toEqual(VIEWER_KINDS);
  expect([...written].filter((operation) => !operations.includes(operation))).toEqual([]);

  // What has no verdict is asked too, so that the failure shows the line to judge and to write.
  const missing = operations.filter((operation) => !written.has(operation));
  const asked = [...ROWS, ...missing.map((operation) => ({ name: operation, operation, needs: "?", verdicts: [] }))];
  const found: string[] = [];
  for (const row of asked) found.push(await lineFor(world, row));
  expect(found).toEqual(ROWS.map(writeRow));
}, 240_000);

it("the permission of a row is one that there is, or none", () => {
  expect(ROWS.filter(({ needs }) => needs !== "-" && !PERMISSIONS.some((each) => each === needs))).toEqual([]);
});

it("an input is written for a row that there is", () => {
  expect(Object.keys(INPUTS).filter((name) => !ROWS.some((row) => row.name === name))).toEqual([]);
});
