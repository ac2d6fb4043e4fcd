import "reflect-metadata";
import { readFileSync, writeFileSync } from "node:fs";
import { gatewaySchema, printGatewaySchema } from "../graphql/schema.ts";

/** Writes `schema.graphql` of the working folder; with `--check` only compares, and ends with 1 on a difference. */
const FILE = "schema.graphql";
const emitted = printGatewaySchema(gatewaySchema());

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, emitted);
  console.log(`${FILE} is written.`);
} else if (readFileSync(FILE, "utf8") === emitted) {
  console.log(`${FILE} is what the code says.`);
} else {
  console.error(`${FILE} differs from the code: run \`npm run schema\` and commit it.`);
  process.exitCode = 1;
}
