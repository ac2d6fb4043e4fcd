import { expect, it } from "vitest";
import { ExternalIdentityRepository } from "../../src/access/external-identity.repository.ts";
import { ServiceTokenRepository } from "../../src/access/service-token.repository.ts";
import { SessionRepository } from "../../src/access/session.repository.ts";
import { SigningKeyRepository } from "../../src/access/signing-key.repository.ts";
import { UserRepository } from "../../src/access/user.repository.ts";
import { CredentialRepository } from "../../src/credentials/credential.repository.ts";
import { Prisma } from "../../src/database/generated/sqlite/client.ts";
import { ProjectRepository } from "../../src/projects/project.repository.ts";
import { createContactRepository } from "../../src/sync/contact.repository.ts";
import { SyncRunRepository } from "../../src/sync/sync-run.repository.ts";
import { startWorld, type World } from "./world.ts";

type Delegate = Readonly<Record<string, (query: unknown) => Promise<unknown>>>;
type Method = (...given: readonly unknown[]) => Promise<unknown>;

const OPERATIONS = ["findMany", "findFirst", "count", "updateMany", "deleteMany"] as const;

/** Which of a model's fields are looked up by without a complaint although nothing is asked for. */
async function laxFieldsOf(world: World, model: string): Promise<string[]> {
  const { client } = world.gateway.services.database;
  const delegate = (client as unknown as Record<string, Delegate>)[model[0]?.toLowerCase() + model.slice(1)] as Delegate;
  const fields = Object.values((Prisma as unknown as Record<string, object>)[`${model}ScalarFieldEnum`] ?? {}) as string[];
  const lax: string[] = [];
  for (const field of fields) {
    for (const operation of OPERATIONS) {
      const data = operation === "updateMany" ? { data: {} } : {};
      const isTaken = await delegate[operation]?.({ where: { [field]: undefined }, ...data }).then(
        () => true,
        () => false,
      );
      if (isTaken !== false) lax.push(`${model}.${operation}.${field}`);
    }
  }
  return lax;
}

const names = (from: object) => Object.getOwnPropertyNames(from).filter((name) => name !== "constructor");

/** The parameters of a method, as they are written. */
function parametersOf(method: Method): string[] {
  const [, text = ""] = /^[^(]*\(([\s\S]*?)\)\s*\{/.exec(method.toString()) ?? [];
  return text
    .split(/,(?![^{[]*[}\]])/)
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** Calls of a repository that give rows, or change some, although the value is no scalar. */
async function laxCallsOf(world: World, repository: object, value: unknown): Promise<string[]> {
  const { client } = world.gateway.services.database;
  const lax: string[] = [];
  const prototype = Object.getPrototypeOf(repository) as Record<string, Method>;
  for (const name of names(prototype)) {
    const method = prototype[name];
    const parameters = method === undefined || Object.getOwnPropertyDescriptor(prototype, name)?.get ? [] : parametersOf(method);
    // A filter is an object, and asks for nothing where it has none of its members.
    const free = parameters.filter((each) => each !== "transaction" && !each.includes("filter"));
    // A generator asks for nothing before it is read.
    if (method === undefined || free.length === 0 || name === "storedIds") continue;
    const given = parameters.map((each) => (each === "transaction" ? client : value));
    try {
      const result = await method.apply(repository, given);
      const isNothing = result == null || result === false || result === 0 || (Array.isArray(result) && result.length === 0);
      if (!isNothing) lax.push(`${repository.constructor.name}.${name} of ${JSON.stringify(value)}: ${JSON.stringify(result)}`);
    } catch {
      // Refused, as it must be.
    }
  }
  return lax;
}

it("no field of any model is looked up, counted, changed or deleted by nothing, and no repository takes it or an object for a value", async () => {
  const world = await startWorld();
  const { database } = world.gateway.services;
  const lax: string[] = [];
  for (const model of Object.values(Prisma.ModelName)) lax.push(...(await laxFieldsOf(world, model)));
  const repositories = [
    new UserRepository(database),
    new SessionRepository(database),
    new ServiceTokenRepository(database),
    new SigningKeyRepository(database),
    new ExternalIdentityRepository(database),
    new CredentialRepository(database),
    new ProjectRepository(database),
    new SyncRunRepository(database),
    createContactRepository(database),
  ];
  for (const repository of repositories) {
    for (const value of [undefined, { contains: "" }, { not: "x" }]) lax.push(...(await laxCallsOf(world, repository, value)));
  }
  expect(lax).toEqual([]);
}, 240_000);
