// npm run faults -- [NAME ...] [--short] [--json] [--cases N]: runs the named faults of test/faults, or all, and prints their figures.
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: "boolean" }, json: { type: "boolean" }, cases: { type: "string" } },
});
if (values.short) process.env.FAULTS_SHORT = "1";
if (values.cases) process.env.FAULTS_CASES = values.cases;

const reporters = values.json ? [{}] : ["default"];

/** What measures how long answers take, or how many there are: beside another fault it would measure that one. */
const ALONE = ["edge-abuse", "login-flood", "overload"];
const isAlone = (name) => ALONE.includes(name);
const all = readdirSync("test/faults").flatMap((file) =>
  file.endsWith(".fault.ts") ? [file.slice(0, -".fault.ts".length)] : [],
);
const wanted = positionals.length > 0 ? positionals : all;

async function run(names, options) {
  if (names.length === 0) return [];
  const filters = names.map((name) => `test/faults/${name}.fault.ts`);
  const vitest = await startVitest("test", filters, { config: "vitest.faults.config.ts", watch: false, reporters, ...options });
  const tests = vitest.state.getTestModules().flatMap((file) => [...file.children.allTests()]);
  const reports = tests.map((test) => ({
    name: test.name,
    passed: test.result().state === "passed",
    ...test.meta().fault,
    errors: test.result().errors?.map(({ message }) => message) ?? [],
  }));
  await vitest.close();
  return reports;
}

// The long forms load the machine: one after another. Most short ones wait more than they work, and a program loaded anew for
// each would be work.
const beside = { fileParallelism: true, maxWorkers: 3, isolate: false };

async function runShort() {
  const others = wanted.filter((name) => !isAlone(name));
  const reports = [...(await run(others, beside)), ...(await run(wanted.filter(isAlone), {}))];
  // A machine that others share can fail one of thirty: it is run once more alone, and both runs are shown and named.
  const again = reports.flatMap(({ name, passed }) => (passed ? [] : [name]));
  return [...reports, ...(await run(again, {})).map((report) => ({ ...report, isSecond: true }))];
}

const reports = values.short ? await runShort() : await run(wanted, {});
const failed = [...new Map(reports.map((report) => [report.name, report])).values()].filter(({ passed }) => !passed);

const date = new Date().toISOString().slice(0, 10);
const command = `npm run faults -- ${process.argv.slice(2).join(" ")}`.trim();
const told = ({ target = {} }) =>
  Object.entries(target).map(([kind, bound]) => `${{ atMost: "<=", atLeast: ">=", exactly: "=" }[kind]} ${bound}`)[0] ?? "";

function print() {
  console.log(`\n${date}  ${command}\n`);
  const rows = reports.flatMap(({ name, cases = 0, figures = [], seconds = 0, passed, isSecond }) => [
    [isSecond ? `${name}, once more` : name, `${cases} cases`, `${seconds} s`, passed ? "" : "FAILED"],
    ...figures.map((figure) => [`  ${figure.what}`, String(figure.value), told(figure), ""]),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  for (const { name, errors, passed, isSecond } of reports)
    if (!passed) console.log(`FAILED ${name}${isSecond || !values.short ? "" : ", once"}: ${errors.join("; ")}`);
}

if (values.json) console.log(JSON.stringify({ date, command, reports }, null, 2));
else print();
// A name that fits no file must not look like a success.
process.exit(reports.length > 0 && failed.length === 0 ? 0 : 1);
