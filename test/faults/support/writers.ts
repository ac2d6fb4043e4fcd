import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteCredential, Register, RevealCredential, SaveCredential } from "../../api/documents.ts";
import type { TypedDocumentString } from "../../api/gql/graphql.ts";
import { execute } from "../../support/product.ts";
import type { KnownCredential, Ledger } from "./ledger.ts";

/** A user who saves, reveals and deletes credentials; the token outlives the processes that it is shown to. */
export type Writer = { readonly token: string; readonly credentials: KnownCredential[] };

const PASSWORD = "correct horse battery staple";
const MOST_CREDENTIALS = 8;
const MOST_SIGN_UPS = 5;

export async function signUpWriters(url: string, ledger: Ledger, count: number): Promise<Writer[]> {
  return Promise.all(Array.from({ length: count }, () => signUpAtLast(url, ledger)));
}

/** A gateway that has just found its database again may be too late with the first password hashes. */
async function signUpAtLast(url: string, ledger: Ledger): Promise<Writer> {
  for (let left = MOST_SIGN_UPS - 1; left > 0; left -= 1) {
    const writer = await signUp(url, ledger).catch(() => null);
    if (writer !== null) return writer;
  }
  return signUp(url, ledger);
}

async function signUp(url: string, ledger: Ledger): Promise<Writer> {
  const username = `user-${randomBytes(8).toString("hex")}`;
  const data = await ask(url, ledger, Register, { input: { username, password: PASSWORD } });
  const { user, accessToken } = data?.register ?? {};
  if (user == null || accessToken == null) throw new Error("The user could not register.");
  ledger.users.add(user.id);
  return { token: accessToken, credentials: [] };
}

/** The data of an acknowledged request, null for a refused one; rejects when the connection broke or its outcome is open. */
async function ask<Result, Variables>(
  url: string,
  ledger: Ledger,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  token?: string,
): Promise<Result | null> {
  const { data, errors } = await execute(url, document, variables, token);
  if (data == null || errors !== undefined) {
    const code = String(errors?.[0]?.extensions.code);
    ledger.refuse(code);
    if (ledger.leavesOpen(code)) throw new Error("Nobody knows whether it was done.");
    return null;
  }
  ledger.acknowledged += 1;
  return data;
}

async function saveNew(url: string, ledger: Ledger, writer: Writer): Promise<void> {
  const secret = randomBytes(16).toString("hex");
  const fields = [
    { name: "email", value: "ada@example.test" },
    { name: "password", value: secret },
  ];
  const label = randomBytes(8).toString("hex");
  const input = { connector: "app-login", label, test: false, fields };
  const saved = (await ask(url, ledger, SaveCredential, { input }, writer.token))?.saveCredential?.credential;
  if (saved == null) return;
  const known: KnownCredential = { id: saved.id, label, version: 1, secret, perhaps: null, reveals: 0, deleted: "no" };
  writer.credentials.push(known);
  ledger.credentials.set(saved.id, known);
}

async function saveAgain(url: string, ledger: Ledger, writer: Writer, known: KnownCredential): Promise<void> {
  const secret = randomBytes(16).toString("hex");
  known.perhaps = secret;
  const input = { connector: "app-login", label: known.label, test: false, fields: [{ name: "password", value: secret }] };
  const saved = (await ask(url, ledger, SaveCredential, { input }, writer.token))?.saveCredential?.credential;
  known.perhaps = null;
  if (saved != null) Object.assign(known, { version: saved.version, secret });
}

async function reveal(url: string, ledger: Ledger, writer: Writer, known: KnownCredential): Promise<void> {
  const input = { credential: { id: known.id } };
  const revealed = (await ask(url, ledger, RevealCredential, { input }, writer.token))?.revealCredential?.fields;
  if (revealed != null) known.reveals += 1;
}

async function remove(url: string, ledger: Ledger, writer: Writer, known: KnownCredential): Promise<void> {
  known.deleted = "perhaps";
  const deleted = await ask(url, ledger, DeleteCredential, { input: { id: known.id } }, writer.token);
  known.deleted = deleted?.deleteCredential?.deletedId == null ? "no" : "yes";
}

/** One step of a writer. Rejects when the connection broke: the outcome of the step is not known then. */
async function step(url: string, ledger: Ledger, writer: Writer): Promise<void> {
  const usable = writer.credentials.filter(({ deleted, perhaps }) => deleted === "no" && perhaps === null);
  const known = usable[Math.floor(Math.random() * usable.length)];
  if (known === undefined || usable.length < MOST_CREDENTIALS / 2) return saveNew(url, ledger, writer);
  if (usable.length >= MOST_CREDENTIALS) return remove(url, ledger, writer, known);
  const dice = Math.random();
  if (dice < 0.5) return saveAgain(url, ledger, writer, known);
  return dice < 0.8 ? saveNew(url, ledger, writer) : reveal(url, ledger, writer, known);
}

/**
 * All writers at once, each one step after another, and one newcomer after another who registers. `stop` ends them; they
 * also end when the connection breaks.
 */
export function startWriting(url: string, ledger: Ledger, writers: readonly Writer[]): { stop(): Promise<void> } {
  let isStopped = false;
  const repeat = async (work: () => Promise<void>) => {
    while (!isStopped) {
      try {
        await work();
      } catch {
        return;
      }
    }
  };
  const register = async () => {
    await signUp(url, ledger);
    await sleep(500);
  };
  const loops = [...writers.map((writer) => repeat(() => step(url, ledger, writer))), repeat(register)];
  return {
    stop: async () => {
      isStopped = true;
      await Promise.all(loops);
    },
  };
}
