import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { IssueAccessToken, Login, Register, SyncContacts } from "../api/documents.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { type Account, type Caller, knockByCall, knockByRest, knockByTest, saveUntested } from "../support/outbound-doors.ts";
import { execute, startProduct } from "../support/product.ts";
import { defineFault, type FaultOptions, type Figures } from "./support/define-fault.ts";
import { PASSWORD } from "./support/fault-nodes.ts";
import { ANSWERS, startBrokenPlaces, startFaultyUpstream } from "./support/faulty-upstream.ts";
import { memoryOf } from "./support/process-figures.ts";

const API_KEY = "0123456789abcdef0123456789abcdef01234567";
const odooAt = (url: string): Account => ({
  connector: "odoo",
  values: { url, database: "prod", username: "ada", password: API_KEY },
});
const loginAt = (url: string): Account => ({
  connector: "login-api",
  values: { email: "ada@example.com", password: "correct horse", login_url: url, base_url: url },
});

/** The deadlines are shortened so that a run takes minutes; what is measured against them is shortened alike. */
const ENVIRONMENT = {
  UPSTREAM_FIRST_BYTE_TIMEOUT_MS: "1000",
  UPSTREAM_TOTAL_TIMEOUT_MS: "3000",
  UPSTREAM_IDLE_TIMEOUT_MS: "1000",
  UPSTREAM_CONNECT_TIMEOUT_MS: "1000",
  UPSTREAM_TLS_TIMEOUT_MS: "1000",
  CALL_FIRST_BYTE_TIMEOUT_MS: "1000",
  CALL_IDLE_TIMEOUT_MS: "1000",
  CALL_TOTAL_TIMEOUT_MS: "3000",
  CONNECTION_TESTS_PER_MINUTE: "0",
  CONNECTION_TEST_FLOOR_MS: "0",
};
const TYPED =
  /^(BLOCKED_ADDRESS|UNREACHABLE|TIMEOUT|UNEXPECTED_RESPONSE|RATE_LIMITED|INVALID_FIELDS|CREDENTIAL_REJECTED|PERMISSION_MISSING)$/;
/** A test or call has one request's time, or the 30 s of a whole call; a login and a sync try three or four times. */
const DEADLINE_MS = { test: 32_000, call: 32_000, rest: 32_000, login: 95_000, sync: 60_000 };
/** In the short form every sixth fault is tried. */
const SHORT_EVERY = 6;
type Door = keyof typeof DEADLINE_MS;

async function signUp(url: string, username: string): Promise<Caller> {
  const { data } = await execute(url, Register, { input: { username, password: PASSWORD } });
  const token = data?.register?.accessToken;
  if (token == null) throw new Error("The user could not register.");
  return { url, token };
}

/** The same caller with a new access token: one lives for a quarter of an hour. */
async function signInAgain({ url }: Caller, username: string): Promise<Caller> {
  const { data } = await execute(url, Login, { input: { username, password: PASSWORD } });
  const token = data?.login?.accessToken;
  if (token == null) throw new Error("The user could not sign in.");
  return { url, token };
}

async function idOf(caller: Caller, account: Account): Promise<string> {
  const saved = await saveUntested(caller, account);
  if ("code" in saved) throw new Error(`The credential was refused: ${saved.code}`);
  return saved.id;
}

async function knockByLogin(caller: Caller, id: string): Promise<string> {
  const { data, errors } = await execute(caller.url, IssueAccessToken, { input: { credential: { id } } }, caller.token);
  return String(errors?.[0]?.extensions.code ?? data?.issueAccessToken?.userErrors[0]?.code ?? "issued");
}

async function knockBySync(caller: Caller, id: string): Promise<string> {
  const { data, errors } = await execute(caller.url, SyncContacts, { input: { credential: { id } } }, caller.token);
  return String(errors?.[0]?.extensions.code ?? (data?.syncContactsFromOdoo?.success === false ? "UNREACHABLE" : "synced"));
}

/** What one way out makes of a place, and how long it takes. */
async function knock(caller: Caller, door: Door, url: string): Promise<{ verdict: string; ms: number }> {
  const account = door === "login" ? loginAt(url) : odooAt(url);
  const id = door === "test" ? "" : await idOf(caller, account);
  const startedAt = performance.now();
  const asked: Record<Door, () => Promise<string>> = {
    test: () => knockByTest(caller, account),
    call: () => knockByCall(caller, id),
    rest: () => knockByRest(caller, id),
    login: () => knockByLogin(caller, id),
    sync: () => knockBySync(caller, id),
  };
  return { verdict: await asked[door](), ms: performance.now() - startedAt };
}

/** Passed on as it came: an answer that is HTTP and whole is the upstream's own affair in a call. */
function isTyped(door: Door, verdict: string): boolean {
  if (door === "call") return TYPED.test(verdict) || /^status \d/.test(verdict);
  if (door === "rest") return /^status (2|3|4)..$|^status 50[0234]$|^cut$/.test(verdict);
  return TYPED.test(verdict);
}

async function attack({ isShort }: FaultOptions): Promise<Figures> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "postern-upstream-"));
  const good = await startMisbehavingServer(() => ({ body: "{}" }));
  const product = await startProduct({ dataDir, environment: ENVIRONMENT });
  try {
    let neighbour = await signUp(product.url, "neighbour");
    const goodId = await idOf(neighbour, odooAt(good.origin));
    for (let index = 0; index < 50; index += 1) await knockByCall(neighbour, goodId);
    const places = Object.entries(await startBrokenPlaces());
    for (const [name, answer] of Object.entries(ANSWERS)) places.push([name, await startFaultyUpstream(answer)]);
    const tried = isShort ? places.filter((_, index) => index % SHORT_EVERY === 0) : places;
    const doors: readonly Door[] = isShort ? ["test", "call"] : ["test", "call", "rest", "login", "sync"];
    const found = { untyped: 0, late: 0, heavy: 0, cases: 0, worstMs: 0, neighbourMs: 0, most: 0 };
    for (const door of doors) {
      const caller = await signUp(product.url, `ada-${door}`);
      neighbour = await signInAgain(neighbour, "neighbour");
      for (const [name, url] of tried) {
        const before = memoryOf(product.child);
        let most = before;
        const weighing = setInterval(() => {
          most = Math.max(most, memoryOf(product.child));
        }, 20);
        const { verdict, ms } = await knock(caller, door, url);
        clearInterval(weighing);
        const heavier = most - before;
        found.cases += 1;
        found.most = Math.max(found.most, heavier);
        found.worstMs = Math.max(found.worstMs, ms);
        if (!isTyped(door, verdict)) {
          console.error(`${door}, an upstream that ${name}: ${verdict}`);
          found.untyped += 1;
        }
        if (ms > DEADLINE_MS[door]) found.late += 1;
        if (heavier > 20) console.error(`${door}, an upstream that ${name}: +${heavier.toFixed(1)} MiB`);
        if (heavier > 20) found.heavy += 1;
        const beside = performance.now();
        if ((await knockByCall(neighbour, goodId)) !== "status 200") console.error(`after ${name} the neighbour failed`);
        found.neighbourMs = Math.max(found.neighbourMs, performance.now() - beside);
      }
    }
    return {
      cases: found.cases,
      figures: [
        { what: "cases", value: found.cases, target: { atLeast: isShort ? 20 : 66 } },
        { what: "untyped errors", value: found.untyped, target: { exactly: 0 } },
        { what: "over the deadline", value: found.late, target: { exactly: 0 } },
        { what: "heavier by over 20 MiB", value: found.heavy, target: { exactly: 0 } },
        { what: "most MiB added by a case", value: Math.round(found.most) },
        { what: "slowest case, ms", value: Math.round(found.worstMs) },
        { what: "slowest call to another upstream, ms", value: Math.round(found.neighbourMs), target: { atMost: 2_000 } },
      ],
    };
  } finally {
    await product.end("SIGKILL");
    rmSync(dataDir, { recursive: true, force: true });
  }
}

defineFault({
  name: "upstream-faults",
  about: "Upstreams that hang, trickle, lie about lengths, answer garbage or bombs: a typed error in time, and little memory.",
  run: attack,
});
