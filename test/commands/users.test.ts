import { expect, test } from "vitest";
import { runUsersCommand } from "../../src/commands/users.ts";
import { anonymous, PASSWORD, registerUser, startAccess } from "../support/access.ts";

test("whoever has no administrator left to ask gets in again by a command, on record, with every session ended", async () => {
  const { node, database } = await startAccess();
  await registerUser(node, "alice");
  const run = async (...args: string[]) => {
    const lines: string[] = [];
    const code = await runUsersCommand(args, { open: async () => ({ access: node }), print: (line) => lines.push(line) });
    return { code, text: lines.join("\n") };
  };
  const signIn = async (password: string) =>
    "accessToken" in (await node.sessions.login(anonymous(), { username: "alice", password }));

  const { code, text } = await run("reset-password", "Alice");
  const [password = ""] = /[\w-]{24}$/.exec(text) ?? [];
  expect([code, await signIn(PASSWORD), await signIn(password)]).toEqual([0, false, true]);
  const reset = await database.client.auditEvent.findFirst({ where: { action: "PASSWORD_RESET" } });
  expect(reset).toMatchObject({ actorType: "SYSTEM", correlationId: "users-command" });

  expect(await run("reset-second-factor", "alice")).toEqual({ code: 1, text: "This user has no second factor." });
  expect(await run("reset-password", "nobody")).toEqual({ code: 1, text: "There is no such active user." });
  for (const args of [[], ["reset-password"], ["reset-password", "alice", "bob"], ["constructor", "alice"]]) {
    expect(await run(...args)).toMatchObject({ code: 64, text: expect.stringContaining("Usage") });
  }
});
