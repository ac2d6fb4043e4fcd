import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parseRunArguments } from "../../src/commands/run-arguments.ts";
import { environmentOf, variablesOf } from "../../src/commands/run-environment.ts";
import { startClientGateway } from "../support/client-gateway.ts";
import { findRefusingPort, startMisbehavingServer } from "../support/misbehaving-server.ts";

// The command as it is built, away from the project's packages: it may need none.
const built = mkdtempSync(path.join(tmpdir(), "postern-run-"));
const COMMAND = path.join(built, "commands/postern.js");
beforeAll(() => {
  cpSync("dist", built, { recursive: true });
  writeFileSync(path.join(built, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

const TOKEN = "pst_token-that-must-not-show";
const CIGAR = ["--connector", "app-login", "--project", "cigar", "--user", "bpauley"];
const NODE = ["--", process.execPath, "-e"];

/** `postern` started in an empty folder that is its home and its place for temporary files as well. */
function startPostern(args: readonly string[], environment: Record<string, string> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-run-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...environment };
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, exited: once(child, "exit"), folder };
}

async function runPostern(args: readonly string[], environment: Record<string, string> = {}) {
  const { child, exited, folder } = startPostern(args, environment);
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { exitCode, stdout, stderr, files: readdirSync(folder, { recursive: true }) };
}

/** What a run needs to know of a gateway. */
async function startRunGateway() {
  const { gateway, tokens } = await startClientGateway();
  return { gateway, tokens, environment: { POSTERN_URL: gateway.url, POSTERN_TOKEN: tokens.service } };
}

describe("postern run", () => {
  it("gives the program the credential's fields beside what it had, takes the token out, and leaves nothing on disk", async () => {
    const { environment } = await startRunGateway();
    const script = `const { readFileSync } = require("node:fs");
      const read = (pid) => readFileSync("/proc/" + pid + "/cmdline", "utf8").split("\\0").join(" ");
      console.log(JSON.stringify({ env: process.env, args: process.argv.slice(1), lines: read(process.pid) + read(process.ppid) }));`;
    const run = await runPostern(["run", ...CIGAR, ...NODE, script, "--", "a b", "--user"], { ...environment, KEPT: "kept" });
    expect(run).toEqual({ exitCode: 0, stdout: expect.any(String), stderr: "", files: [] });
    const { env, args, lines } = JSON.parse(run.stdout) as { env: object; args: string[]; lines: string };
    expect(env).toEqual({
      PATH: process.env.PATH,
      HOME: expect.any(String),
      TMPDIR: expect.any(String),
      KEPT: "kept",
      POSTERN_URL: environment.POSTERN_URL,
      POSTERN_EMAIL: "bpauley@example.com",
      POSTERN_PASSWORD: "s3cret-cigar",
    });
    expect(args).toEqual(["a b", "--user"]);
    expect(lines).not.toContain(environment.POSTERN_TOKEN);
    expect(lines).not.toContain("s3cret");
  });

  it("fetches several credentials under the names that are asked for, and keeps the token if told to", async () => {
    const { gateway, environment } = await startRunGateway();
    const print = `const { POSTERN_TOKEN, POSTERN_URL, PATH, HOME, TMPDIR, ...rest } = process.env;
      console.log(JSON.stringify({ ...rest, hasToken: POSTERN_TOKEN !== undefined }));`;
    const several = ["--url", gateway.url, "--keep-token", "--user", "bpauley", "--connector=app-login", "--project=cigar"];
    const more = ["--env", "LOGIN=email", "--env", "PGPASSWORD=password"];
    const last = ["--connector", "app-login", "--project", "tobacco", "--prefix", "TOBACCO_"];
    const { POSTERN_TOKEN } = environment;
    const { stdout } = await runPostern(["run", ...several, ...more, ...last, ...NODE, print], { POSTERN_TOKEN });
    expect(JSON.parse(stdout)).toEqual({
      LOGIN: "bpauley@example.com",
      PGPASSWORD: "s3cret-cigar",
      TOBACCO_EMAIL: "bpauley@example.com",
      TOBACCO_PASSWORD: "s3cret-tobacco",
      hasToken: true,
    });
  });

  it("ends as the program ends, or as a shell does when there is none to start", async () => {
    const { environment } = await startRunGateway();
    const exitCodeOf = async (...program: string[]) =>
      (await runPostern(["run", ...CIGAR, "--", ...program], environment)).exitCode;
    expect(await exitCodeOf(process.execPath, "-e", "process.exit(7)")).toBe(7);
    expect(await exitCodeOf(process.execPath, "-e", "process.kill(process.pid, 'SIGKILL')")).toBe(137);
    expect(await exitCodeOf("no-such-program")).toBe(127);
    expect(await exitCodeOf("/dev/null")).toBe(126);
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR2"] as const)(
    "passes %s on, and outlives it with the program",
    async (signal) => {
      const { environment } = await startRunGateway();
      const script = `process.once("${signal}", () => { console.log("got it"); process.exit(3); });
      setInterval(() => {}, 1000); console.log("ready");`;
      const { child, exited } = startPostern(["run", ...CIGAR, ...NODE, script], environment);
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe("ready");
      child.kill(signal);
      expect((await lines.next()).value).toBe("got it");
      expect(await exited).toEqual([3, null]);
    },
  );

  it("ends with 77 when the gateway does not permit, and starts nothing", async () => {
    const { environment, tokens } = await startRunGateway();
    const refusals = [
      await runPostern(["run", ...CIGAR, "--project", "qa", ...NODE, "console.log(1)"], environment),
      await runPostern(["run", ...CIGAR, ...NODE, "console.log(1)"], { ...environment, POSTERN_TOKEN: tokens.weak }),
      await runPostern(["run", ...CIGAR, ...NODE, "console.log(1)"], { ...environment, POSTERN_TOKEN: TOKEN }),
    ];
    expect(refusals).toEqual(
      ["No such credential.", "This needs the permission credential:reveal.", "Sign in first."].map((reason) => ({
        exitCode: 77,
        stdout: "",
        stderr: `postern: app-login: ${reason}\n`,
        files: [],
      })),
    );
  });

  it("ends with 69 when nothing, or not Postern, answers, and quotes no answer", async () => {
    const port = await findRefusingPort();
    const nobody = { POSTERN_URL: `http://127.0.0.1:${port}`, POSTERN_TOKEN: TOKEN };
    expect(await runPostern(["run", ...CIGAR, "--", "true"], nobody)).toMatchObject({ exitCode: 69, stdout: "" });
    const server = await startMisbehavingServer();
    for (const answer of [{ body: `s3cret ${TOKEN}` }, { status: 307, headers: { location: "/elsewhere" } }, { body: "[]" }]) {
      server.behave(() => answer);
      const run = await runPostern(["run", ...CIGAR, "--", "true"], { POSTERN_URL: server.origin, POSTERN_TOKEN: TOKEN });
      const stderr = `postern: ${server.origin} does not answer like Postern (status ${answer.status ?? 200}).\n`;
      expect(run).toEqual({ exitCode: 69, stdout: "", stderr, files: [] });
    }
    expect(server.requests.map((request) => request.path)).toEqual(["/graphql", "/graphql", "/graphql"]);
  });

  it("ends with 64 and the usage when the command line is not understood, and repeats none of its values", async () => {
    const environment = { POSTERN_URL: "http://127.0.0.1:9", POSTERN_TOKEN: TOKEN };
    const slips = [
      ["--token", TOKEN, "--", "true"],
      [`--token=${TOKEN}`, "--", "true"],
      [TOKEN, "--", "true"],
      ["--connector", "app-login", `--env=${TOKEN}`, "--", "true"],
      ["--connector", "app-login", `--url=https://u:${TOKEN}@x`, "--", "true"],
    ];
    for (const slip of slips) {
      const { exitCode, stdout, stderr } = await runPostern(["run", ...slip], environment);
      expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: "" });
      expect(stderr).toMatch(/^postern: .+\n\nUsage: postern run/);
      expect(stderr).not.toContain(TOKEN);
    }
    expect(await runPostern(["run", ...CIGAR, "--", "true"], {})).toMatchObject({ exitCode: 64 });
    expect(await runPostern([], {})).toMatchObject({ exitCode: 64 });
    expect(await runPostern(["run", "--help"], {})).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Usage: postern run/),
    });
  });

  it("is what the package installs under the name postern", () => {
    const { bin } = JSON.parse(readFileSync("package.json", "utf8")) as { bin: object };
    expect(bin).toEqual({ postern: "dist/commands/postern.js" });
    expect(readFileSync(COMMAND, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});

describe("the arguments of postern run", () => {
  it("before the first connector hold for every one, and after it for that one", () => {
    const args = "--user ada --prefix X_ --connector a --label l --connector b --user bob --env N=f --keep-token -- pytest -- -x";
    expect(parseRunArguments(args.split(" "))).toEqual({
      wanted: [
        { connector: "a", username: "ada", label: "l", prefix: "X_", variables: [] },
        { connector: "b", username: "bob", prefix: "X_", variables: [["N", "f"]] },
      ],
      url: undefined,
      keepsToken: true,
      program: ["pytest", "--", "-x"],
    });
  });

  it.each([
    ["", "Name the program to run after --."],
    ["--connector a --", "Name the program to run after --."],
    ["-- true", "Name a connector: --connector ID."],
    ["--connector a more -- true", "There is a word that belongs to no option; the program comes after --."],
    ["--connector a --colour red -- true", "There is no option --colour."],
    ["--connector a -x -- true", "There is no option -x."],
    ["--connector a --project -- true", "--project needs a value; one that begins with - is written --project=-…"],
    ["--connector a --project --label l -- true", "--project needs a value; one that begins with - is written --project=-…"],
    ["--connector a --keep-token=no -- true", "--keep-token takes no value."],
    ["--connector a --env 1A=f -- true", "--env is written NAME=FIELD."],
    ["--connector a --prefix=a-b -- true", "--prefix begins a variable's name: letters, digits and _."],
  ])("%j is refused", (line, message) => {
    expect(() => parseRunArguments(line.split(" ").filter(Boolean))).toThrow(message);
  });
});

describe("the environment that credentials become", () => {
  const wanted = { connector: "odoo", prefix: "ODOO_", variables: [] };

  it("has every field under its prefix, or those alone that are named", () => {
    const fields = { url: "https://x", password: "p" };
    expect(variablesOf([{ wanted, fields }])).toEqual({ ODOO_URL: "https://x", ODOO_PASSWORD: "p" });
    const named = { ...wanted, variables: [["PGPASSWORD", "password"]] as const };
    expect(variablesOf([{ wanted: named, fields }])).toEqual({ PGPASSWORD: "p" });
  });

  it.each([
    [{ ...wanted, prefix: "POSTERN_" }, { url: "u" }, "POSTERN_URL is Postern's own: give odoo a --prefix or an --env."],
    [
      { ...wanted, variables: [["A", "pasword"]] as const },
      { password: "p" },
      "odoo has no field pasword that is set; it has password.",
    ],
    [wanted, { password: "p\0q" }, "odoo's password has a NUL in it, which no environment can hold."],
  ])("is refused where a name or value cannot be one: %#", (each, fields, message) => {
    expect(() => variablesOf([{ wanted: each, fields }])).toThrow(message);
  });

  it("is refused where two credentials want one name", () => {
    const credential = { wanted, fields: { password: "p" } };
    const message = "ODOO_PASSWORD would be set twice: give odoo a --prefix or an --env.";
    expect(() => variablesOf([credential, credential])).toThrow(message);
  });

  it("wins over what was there, and loses the token unless it is kept", () => {
    const inherited = { POSTERN_TOKEN: TOKEN, A: "old", B: "b" };
    expect(environmentOf(inherited, { A: "new" }, false)).toEqual({ A: "new", B: "b" });
    expect(environmentOf(inherited, { A: "new" }, true)).toEqual({ POSTERN_TOKEN: TOKEN, A: "new", B: "b" });
  });
});
