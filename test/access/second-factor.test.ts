import { expect, test } from "vitest";
import type { Access } from "../../src/access/access.ts";
import { hashRecoveryCode } from "../../src/access/recovery-code.ts";
import type { SessionOutcome } from "../../src/access/session.service.ts";
import { findTotpStep, toBase32, totpCode, totpUri } from "../../src/access/totp.ts";
import { requirePermission, type Viewer } from "../../src/access/viewer.ts";
import {
  anonymous,
  auditTrail,
  PASSWORD,
  registerUser,
  startAccess,
  type TestClock,
  tokensOf,
  viewerOf,
} from "../support/access.ts";
import { appCode, fromBase32 } from "../support/totp.ts";

const STEP_MS = 30_000;
const WRONG = "000000";

/** Turns a user's second factor on; gives the app's secret and the recovery codes. */
async function enrol({ node, clock }: { readonly node: Access; readonly clock: TestClock }, viewer: Viewer) {
  const { secret } = await node.secondFactors.start(viewer);
  const { recoveryCodes } = await node.secondFactors.enable(viewer, appCode(secret ?? "", clock.now()));
  if (secret === null || recoveryCodes === null) throw new Error("not enrolled");
  clock.advance(STEP_MS);
  return { secret, recoveryCodes };
}

async function startWithFactor(options: Parameters<typeof startAccess>[0] = {}) {
  const harness = await startAccess(options);
  const { accessToken, refreshToken, user } = await registerUser(harness.node);
  const viewer = () => viewerOf(harness.node, accessToken);
  const enrolled = await enrol(harness, await viewer());
  const signIn = (code?: string, node = harness.node) =>
    node.sessions.login(anonymous(), { username: "alice", password: PASSWORD, code });
  return {
    ...harness,
    ...enrolled,
    accessToken,
    refreshToken,
    user,
    viewer,
    signIn,
    code: () => appCode(enrolled.secret, harness.clock.now()),
  };
}

const faultOf = ({ userErrors: [fault] }: Pick<SessionOutcome, "userErrors">) => fault && [fault.field, fault.code];
const NEEDED = ["code", "SECOND_FACTOR_REQUIRED"];
const REFUSED = ["code", "WRONG_CODE"];

test.each([
  [59, "94287082"],
  [1_111_111_109, "07081804"],
  [1_111_111_111, "14050471"],
  [1_234_567_890, "89005924"],
  [2_000_000_000, "69279037"],
  [20_000_000_000, "65353130"],
])("the code at second %i is that of RFC 6238, now and one step later, and once", (seconds, vector) => {
  const secret = Buffer.from("12345678901234567890");
  const step = Math.floor(seconds / 30);
  const code = vector.slice(-6);
  expect(totpCode(secret, step)).toBe(code);
  const at = (steps: number) => findTotpStep(secret, code, new Date((seconds + 30 * steps) * 1_000), 0);
  expect([-1, 0, 1, 2].map(at)).toEqual([null, step, step, null]);
  expect(findTotpStep(secret, code, new Date(seconds * 1_000), step)).toBeNull();
});

test("an app reads the secret from a key URI, whatever is in the user's name", () => {
  const secret = Buffer.from("12345678901234567890");
  expect(toBase32(secret)).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  expect(fromBase32(toBase32(secret))).toEqual(secret);
  const uri = new URL(totpUri(secret, "ada: l/?#&"));
  expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual(["otpauth:", "totp", "/Postern:ada: l/?#&"]);
  expect(uri.searchParams.get("secret")).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
});

test("with a second factor a password alone opens nothing, and a code of the app opens it once, on whatever node", async () => {
  const { node, otherNode, database, signIn, code, refreshToken } = await startWithFactor();
  expect(faultOf(await signIn())).toEqual(NEEDED);
  expect(faultOf(await signIn(WRONG))).toEqual(REFUSED);
  const cookie = await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD }, { refreshToken: null });
  expect(faultOf(cookie)).toEqual(NEEDED);
  const raced = await Promise.all([signIn(code()), signIn(code(), otherNode)]);
  expect(raced.filter((outcome) => "accessToken" in outcome)).toHaveLength(1);
  expect(faultOf(await signIn(code()))).toEqual(REFUSED);
  const wrongPassword = { username: "alice", password: "a wrong guess", code: code() };
  expect(faultOf(await node.sessions.login(anonymous(), wrongPassword))).toEqual([null, "INVALID_LOGIN"]);
  tokensOf(await node.sessions.refresh(anonymous(), refreshToken));
  const events = await auditTrail(database);
  const seen = events.map(({ action, outcome, details }) => [action, outcome, details]);
  expect(seen).toContainEqual(["SECOND_FACTOR_REQUESTED", "SUCCEEDED", {}]);
  expect(seen).toContainEqual(["USER_SIGNED_IN", "FAILED", { reason: "WRONG_CODE" }]);
  expect(seen).toContainEqual(["USER_SIGNED_IN", "SUCCEEDED", { secondFactor: "TOTP" }]);
});

test("what asks for the password again asks who has a second factor for a code too", async () => {
  const { node, clock, code, viewer } = await startWithFactor();
  const confirm = async (given?: string) => node.account.confirmPassword(await viewer(), { password: PASSWORD, code: given });
  expect([faultOf(await confirm()), faultOf(await confirm(WRONG))]).toEqual([NEEDED, REFUSED]);
  expect((await confirm(code())).session?.confirmedUntil).toEqual(new Date(clock.now().getTime() + 5 * 60_000));
  const change = { currentPassword: PASSWORD, newPassword: "nine lanterns on a pier" };
  const changePassword = async (given?: string) => node.account.changePassword(await viewer(), { ...change, code: given });
  const faults = [...(await changePassword()), ...(await changePassword(code()))];
  expect(faults.map((fault) => [fault.field, fault.code])).toEqual([NEEDED, REFUSED]);
  clock.advance(STEP_MS);
  expect(await changePassword(code())).toEqual([]);
});

test("turning it on ends sessions that a password alone began, and an administrator's new password does not turn it off", async () => {
  const harness = await startAccess();
  const { node, clock, database } = harness;
  const { accessToken, user } = await registerUser(node);
  const older = await registerSecondSession(node);
  const { secret } = await enrol(harness, await viewerOf(node, accessToken));
  await expect(viewerOf(node, older)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await viewerOf(node, accessToken);

  const administrator = await startAdministrator(harness);
  const { password } = await node.administration.resetPassword(administrator, user.id, null);
  const credentials = { username: "alice", password: password ?? "" };
  expect(faultOf(await node.sessions.login(anonymous(), credentials))).toEqual(NEEDED);
  tokensOf(await node.sessions.login(anonymous(), { ...credentials, code: appCode(secret, clock.now()) }));
  expect((await auditTrail(database)).find(({ action }) => action === "SECOND_FACTOR_ENABLED")).toMatchObject({
    outcome: "SUCCEEDED",
    details: { endedSessions: 1 },
  });
});

test("a recovery code serves once in any spelling, is on record, and new ones take the place of all", async () => {
  const { node, database, clock, signIn, code, viewer, recoveryCodes } = await startWithFactor();
  const [first = "", second = ""] = recoveryCodes;
  expect([recoveryCodes.length, new Set(recoveryCodes).size, /^([A-Z2-7]{4}-){5}[A-Z2-7]{4}$/.test(first)]).toEqual([
    10,
    10,
    true,
  ]);
  tokensOf(await signIn(` ${first.toLowerCase().replaceAll("-", " ")} `));
  expect(faultOf(await signIn(first))).toEqual(REFUSED);
  expect(await node.secondFactors.findState(await viewer())).toMatchObject({ recoveryCodesLeft: 9, isRequired: false });

  const renewal = await node.secondFactors.renewRecoveryCodes(await viewer(), { password: PASSWORD, code: code() });
  expect(renewal.recoveryCodes).toHaveLength(10);
  expect(faultOf(await signIn(second))).toEqual(REFUSED);
  clock.advance(STEP_MS);
  const without = await node.secondFactors.renewRecoveryCodes(await viewer(), { password: "a wrong guess", code: code() });
  expect(faultOf(without)).toEqual(["password", "WRONG_PASSWORD"]);
  const stored = await database.client.recoveryCode.findMany();
  expect(stored.map(({ codeHash }) => codeHash).sort()).toEqual((renewal.recoveryCodes ?? []).map(hashRecoveryCode).sort());
  const events = (await auditTrail(database)).filter(({ action }) => action.startsWith("RECOVERY"));
  expect(events.map(({ action, outcome }) => [action, outcome])).toEqual([
    ["RECOVERY_CODE_USED", "SUCCEEDED"],
    ["RECOVERY_CODES_RENEWED", "SUCCEEDED"],
    ["RECOVERY_CODES_RENEWED", "FAILED"],
  ]);
});

test("it is turned off by password and code alone, and then the password is enough again", async () => {
  const { node, database, signIn, code, viewer } = await startWithFactor();
  const disable = async (password: string, given: string) =>
    (await node.secondFactors.disable(await viewer(), { password, code: given })).map((fault) => fault.code);
  expect(await disable(PASSWORD, WRONG)).toEqual(["WRONG_CODE"]);
  expect(await disable("a wrong guess", code())).toEqual(["WRONG_PASSWORD"]);
  expect((await node.secondFactors.start(await viewer())).userErrors.map((fault) => fault.code)).toEqual(["SECOND_FACTOR_ON"]);
  expect(await disable(PASSWORD, code())).toEqual([]);
  tokensOf(await signIn());
  expect([await database.client.secondFactor.count(), await database.client.recoveryCode.count()]).toEqual([0, 0]);
  expect(await disable(PASSWORD, WRONG)).toEqual(["SECOND_FACTOR_OFF"]);
});

test("it is begun and proved shortly after the password alone, by the app's own code, and counts for nothing before", async () => {
  const harness = await startAccess();
  const { node, clock, database } = harness;
  const { accessToken } = await registerUser(node);
  const viewer = await viewerOf(node, accessToken);
  const { secret } = await node.secondFactors.start(viewer);
  const again = await node.secondFactors.start(viewer);
  tokensOf(await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD }));
  expect(faultOf(await node.secondFactors.enable(viewer, appCode(secret ?? "", clock.now())))).toEqual(REFUSED);
  clock.advance(10 * 60_000);
  const late = await viewerOf(node, accessToken);
  const needed = { code: "REAUTHENTICATION_REQUIRED" };
  await expect(node.secondFactors.start(late)).rejects.toMatchObject(needed);
  await expect(node.secondFactors.enable(late, appCode(again.secret ?? "", clock.now()))).rejects.toMatchObject(needed);
  expect(await database.client.user.count({ where: { secondFactorSince: { not: null } } })).toBe(0);
});

test("guesses at the code have to wait as guesses at the password do, and up to an hour, although the password is right", async () => {
  const { clock, signIn } = await startWithFactor({ environment: { LOGIN_FREE_ATTEMPTS: "1" } });
  expect(faultOf(await signIn(WRONG))).toEqual(REFUSED);
  await expect(signIn(WRONG)).rejects.toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: 1 });
  const waits: number[] = [];
  for (let guess = 0; guess < 10; guess += 1) {
    clock.advance(61_000);
    waits.push(
      await signIn(WRONG).then(
        () => 0,
        ({ retryAfterSeconds }) => retryAfterSeconds,
      ),
    );
  }
  expect(Math.max(...waits)).toBeGreaterThan(60);
  clock.advance(3_600_000);
  expect(faultOf(await signIn(WRONG))).toEqual(REFUSED);
  await expect(signIn(WRONG)).rejects.toMatchObject({ code: "RATE_LIMITED" });
});

test("an administrator takes a lost second factor away, shortly after their own password, on record, and the sessions end", async () => {
  const harness = await startWithFactor();
  const { node, database, clock, signIn, accessToken, user } = harness;
  const administrator = await startAdministrator(harness);
  expect((await node.administration.resetSecondFactor(administrator, administrator.id)).userErrors).toHaveLength(1);
  const { user: changed } = await node.administration.resetSecondFactor(administrator, user.id);
  expect(changed?.secondFactorSince).toBeNull();
  await expect(viewerOf(node, accessToken)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  tokensOf(await signIn());
  expect((await auditTrail(database)).filter(({ action }) => action === "SECOND_FACTOR_RESET")).toHaveLength(1);
  clock.advance(10 * 60_000);
  const late = node.administration.resetSecondFactor(administrator, user.id);
  await expect(late).rejects.toMatchObject({ code: "REAUTHENTICATION_REQUIRED" });
});

test("who must have a second factor and has none can set one up and nothing else; others and later all go on", async () => {
  const harness = await startAccess({ environment: { SECOND_FACTOR_REQUIRED: "administrators" } });
  const { node } = harness;
  const alice = tokensOf(await node.sessions.register(anonymous(), { username: "alice", password: PASSWORD }));
  expect(alice.requiredStep).toBeNull();
  requirePermission(await viewerOf(node, alice.accessToken), "credential:read");
  const { id, accessToken } = await startAdministrator(harness);
  const before = await viewerOf(node, accessToken);
  expect(await node.secondFactors.findState(before)).toMatchObject({ isRequired: true, enabledAt: null });
  expect(() => requirePermission(before, "user:read")).toThrow("Set up a second factor first");
  expect(() => requirePermission(before, "credential:read")).toThrow("Set up a second factor first");
  await enrol(harness, before);
  const after = await viewerOf(node, accessToken);
  requirePermission(after, "user:read");
  expect([after.id, after.requiredStep]).toEqual([id, null]);
});

test("an app's secret is sealed for its user and factor, is found by a rotation of keys, and opens in no other row", async () => {
  const { node, database, envelope, clock, signIn, code, secret, user } = await startWithFactor();
  const source = node.sealedSources.find(({ name }) => name === "second factors");
  const [found] = (await source?.nextBatch("another key", null, 10)) ?? [];
  if (source === undefined || found === undefined) throw new Error("a rotation would leave it out");
  const { id, context, keyId, wrappedKey } = found;
  const after = await envelope.rewrap(context, { keyId, wrappedKey });
  expect(await source.replaceKeys([{ id, before: { keyId, wrappedKey }, after }])).toBe(1);
  tokensOf(await signIn(code()));
  clock.advance(STEP_MS);
  const [row] = await database.client.secondFactor.findMany();
  const plain = fromBase32(secret);
  for (const bytes of [row?.ciphertext, row?.wrappedKey]) expect(Buffer.from(bytes ?? []).includes(plain)).toBe(false);
  const bob = tokensOf(await node.sessions.register(anonymous(), { username: "bob", password: PASSWORD })).user;
  await database.client.secondFactor.update({ where: { userId: user.id }, data: { userId: bob.id } });
  await database.client.user.update({ where: { id: bob.id }, data: { secondFactorSince: new Date() } });
  const moved = node.sessions.login(anonymous(), { username: "bob", password: PASSWORD, code: code() });
  await expect(moved).rejects.toMatchObject({ code: "INTEGRITY_ERROR" });
  expect(faultOf(await signIn(code()))).toEqual(REFUSED);
});

async function registerSecondSession(node: Access): Promise<string> {
  return tokensOf(await node.sessions.login(anonymous(), { username: "alice", password: PASSWORD })).accessToken;
}

/** Makes the first administrator and signs them in. */
async function startAdministrator({ node }: { readonly node: Access }) {
  await node.users.ensureFirstAdministrator(PASSWORD);
  const { accessToken } = tokensOf(await node.sessions.login(anonymous("192.0.2.7"), { username: "admin", password: PASSWORD }));
  return { ...(await viewerOf(node, accessToken)), accessToken };
}
