import { expect, it } from "vitest";
import { ask } from "../support/rest.ts";
import { absentLike, idPlacesOf, withId } from "./ids.ts";
import { documentOf, OPERATIONS, type Operation, variablesFor } from "./operations.ts";
import { wholeDocumentsOf } from "./selections.ts";
import { INPUTS } from "./verdicts.ts";
import { startWorld, type World } from "./world.ts";

/** Who is not Ada, and whose tokens reach nothing of hers. */
const STRANGERS = ["anon", "other", "former", "issuer", "conn", "proj", "name"] as const;

/** Records that are Ada's; a project is there for every user to see. */
const ADAS = ["credential", "loginApi", "test", "run", "contact", "product", "event", "session", "ada"] as const;

/** Ends the caller's session, whatever it is asked with. */
const ASKABLE = OPERATIONS.filter(({ name }) => name !== "Mutation.logout");

async function answerTo(world: World, { kind }: Operation, query: string, variables: object, token: string | undefined) {
  const isStream = kind === "subscription";
  const { status, body } = await ask(world.gateway, `POST /graphql${isStream ? "/stream" : ""}`, {
    token,
    json: { query, variables },
    headers: isStream ? { accept: "text/event-stream" } : {},
  });
  return JSON.stringify({ status, body });
}

/** The answers to an id in a place, without the id itself, which some say back. */
async function answersToIds(world: World, operation: Operation, place: readonly string[], record: string, stranger: string) {
  const foreign = world.records[record] ?? "";
  const answers: string[] = [];
  for (const id of [foreign, absentLike(foreign)]) {
    const variables = withId(operation, place, { id, records: world.records });
    const answer = await answerTo(world, operation, documentOf(operation, variables), variables, world.tokens[stranger]);
    answers.push(answer.replaceAll(id, "ID"));
  }
  return answers;
}

it("at every place that takes an id or a cursor, what is another's is answered as what is not there, to the byte", async () => {
  const world = await startWorld();
  const different: unknown[] = [];
  let places = 0;
  for (const operation of ASKABLE) {
    for (const place of idPlacesOf(operation)) {
      places += 1;
      const cases = ADAS.map((record) => [record, "other"] as const);
      const byMachines = (["conn", "proj", "name", "anon", "issuer"] as const).map((kind) => ["credential", kind] as const);
      for (const [record, stranger] of [...cases, ...byMachines]) {
        const [foreign, absent] = await answersToIds(world, operation, place, record, stranger);
        if (foreign !== absent) different.push({ operation: operation.name, place, record, stranger, foreign, absent });
      }
    }
  }
  expect(different).toEqual([]);
  expect(places).toBeGreaterThan(25);
  expect(await differingRoutes(world)).toEqual([]);
}, 300_000);

const BODIES: Readonly<Record<string, unknown>> = { PUT: { credentials: { email: "a@example.test", password: "another one" } } };

/** Routes that tell a foreign from an absent thing in their path. */
async function differingRoutes(world: World): Promise<string[]> {
  const { appLogin = "", loginApi = "" } = world.records;
  const routes = [
    ...["PUT /api/credentials/*", "DELETE /api/credentials/*"].map((route) => [route, appLogin, absentLike(appLogin)]),
    ["GET /api/call/*/things", loginApi, absentLike(loginApi)],
    ["GET /api/v1/credentials/*/qa", "ada", "eve"],
    ["GET /api/credentials?username=*", "ada", "eve"],
    ["GET /api/credentials?credentialType=app-login&projectId=qa&username=*", "ada", "eve"],
  ] as const;
  const different: string[] = [];
  for (const [route = "", ...values] of routes) {
    for (const stranger of STRANGERS) {
      const answers: string[] = [];
      for (const value of values) {
        const json = BODIES[route.split(" ")[0] ?? ""];
        const target = route.replace("*", value);
        const { status, body } = await ask(world.gateway, target, { token: world.tokens[stranger], ...(json ? { json } : {}) });
        answers.push(JSON.stringify({ status, body }).replaceAll(value, "*"));
      }
      if (answers[0] !== answers[1]) different.push(`${route} to ${stranger}: ${answers.join(" and ")}`);
    }
  }
  return different;
}

type Question = { readonly row: string; readonly operation: Operation; readonly text: string; readonly variables: object };

/** Every operation with every of its inputs, asked for all that its answers can lead to; and how many paths that are. */
function wholeQuestions(world: World): { questions: Question[]; paths: number } {
  let paths = 0;
  const questions = ASKABLE.flatMap((operation) => {
    const rows = [operation.name, ...Object.keys(INPUTS).filter((name) => name.startsWith(`${operation.name} (`))];
    return rows.flatMap((row) => {
      const variables = INPUTS[row]?.(world).variables ?? variablesFor(operation, world.records);
      return wholeDocumentsOf(operation, variables).map((document) => {
        paths += document.paths;
        return { row, operation, text: document.text, variables };
      });
    });
  });
  return { questions, paths };
}

const SECRETS = ["ada@example.test", "a password of ada", "sk-the-house's", "a-token-of-the-cloud"];

it("no path of the schema, eight fields deep, leads a stranger or a machine of others to anything of Ada's", async () => {
  const world = await startWorld();
  const adas = [...ADAS, "appLogin", "spareCredential"].map((name) => world.records[name] ?? "");
  const { questions, paths } = wholeQuestions(world);
  const leaks: unknown[] = [];
  for (const { row, operation, text, variables } of questions) {
    for (const viewer of [...STRANGERS, "admin"]) {
      const answer = await answerTo(world, operation, text, variables, world.tokens[viewer]);
      // An administrator knows users, sessions and events by their ids, but no secret of a user.
      const found = (viewer === "admin" ? SECRETS.slice(0, 2) : [...adas, ...SECRETS]).filter((each) => answer.includes(each));
      if (found.length > 0) leaks.push({ row, viewer, found });
    }
  }
  expect(leaks).toEqual([]);
  expect(await unreachedByAda(world, questions)).toEqual({ refused: [], missing: [] });
  expect(paths).toBeGreaterThan(1_000);
}, 300_000);

/** What the same documents do not lead Ada herself to: had they been refused, finding nothing would mean nothing. */
async function unreachedByAda(world: World, questions: readonly Question[]) {
  const answers: string[] = [];
  for (const { operation, text, variables } of questions.filter(({ operation: { kind } }) => kind === "query")) {
    answers.push(await answerTo(world, operation, text, variables, world.tokens.owner));
  }
  const refused = answers.filter((answer) => answer.includes('"BAD_USER_INPUT"') || answer.includes("GRAPHQL_"));
  return { refused, missing: ADAS.filter((name) => !answers.join("").includes(world.records[name] ?? "none")) };
}
