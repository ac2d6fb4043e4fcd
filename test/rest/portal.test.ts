import { describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { answerOf, ask, createServiceToken, ISO_TIME } from "../support/rest.ts";

const PATH = "/api/credentials";
const KEY = { credentialType: "openai", projectId: "al-chat", credentials: { api_key: "sk-of-john-alone" } };
const TIME = expect.stringMatching(ISO_TIME);
const ABSENT = { status: 404, body: { error: "No such credential." } };
const KNOWN = "Known are: odoo, login-api, app-login, llm-api-key, openai, anthropic.";

function row(changes: Record<string, unknown> = {}) {
  return {
    id: expect.stringMatching(/^credential_/),
    username: "john_doe",
    credentialType: "openai",
    projectId: "al-chat",
    credentials: {},
    createdAt: TIME,
    updatedAt: TIME,
    ...changes,
  };
}

async function store(gateway: Gateway, token: string, json: object = KEY): Promise<string> {
  const { status, body } = await ask(gateway, `POST ${PATH}`, { token, json });
  expect(status).toBe(201);
  return (body as { credentials: { id: string } }).credentials.id;
}

describe("system C: a user's own credentials", () => {
  it("are stored, revealed one by one, listed without secrets, replaced and deleted", async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("john_doe");
    const created = await answerOf(gateway, `POST ${PATH}`, { token, json: KEY });
    expect(created).toEqual({ status: 201, body: { credentials: row() } });
    const { id } = (created.body as { credentials: { id: string } }).credentials;

    const one = `GET ${PATH}?username=john_doe&credentialType=openai&projectId=al-chat`;
    const revealed = { status: 200, body: { credentials: row({ id, credentials: { api_key: "sk-of-john-alone" } }) } };
    expect(await answerOf(gateway, one, { token })).toEqual(revealed);
    expect(await answerOf(gateway, `GET ${PATH}?credentialType=openai`, { token })).toEqual(revealed);
    expect(await answerOf(gateway, `GET ${PATH}?username=John_DOE&credentialType=openai`, { token })).toEqual(revealed);
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual({ status: 200, body: { credentials: [row({ id })] } });

    const base_url = "https://llm.example.com/v1";
    const replaced = { credentials: { api_key: "sk-newer", base_url } };
    expect(await answerOf(gateway, `PUT ${PATH}/${id}`, { token, json: replaced })).toEqual({
      status: 200,
      body: { credentials: row({ id, credentials: { base_url } }) },
    });
    expect((await answerOf(gateway, one, { token })).body).toEqual({ credentials: row({ id, ...replaced }) });
    await ask(gateway, `PUT ${PATH}/${id}`, { token, json: { credentials: { api_key: "sk-newest" } } });
    expect((await answerOf(gateway, one, { token })).body).toEqual({
      credentials: row({ id, credentials: { api_key: "sk-newest" } }),
    });

    expect(await answerOf(gateway, `DELETE ${PATH}/${id}`, { token })).toEqual({
      status: 200,
      body: { message: "Credential deleted successfully" },
    });
    expect(await answerOf(gateway, one, { token })).toEqual(ABSENT);
    expect(await answerOf(gateway, `DELETE ${PATH}/${id}`, { token })).toEqual(ABSENT);
    expect(await answerOf(gateway, `PUT ${PATH}/${id}`, { token, json: replaced })).toEqual(ABSENT);
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual({ status: 200, body: { credentials: [] } });
  });

  it("stand side by side for each project, and a list can be of one project", async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("john_doe");
    for (const projectId of ["al-chat", "ai résumé"]) await store(gateway, token, { ...KEY, projectId });
    const { projectId: _, ...withoutProject } = KEY;
    await store(gateway, token, withoutProject);
    const projectsOf = async (query: string) => {
      const { body } = await answerOf(gateway, `GET ${PATH}${query}`, { token });
      return (body as { credentials: { projectId: string }[] }).credentials.map(({ projectId }) => projectId);
    };
    expect(await projectsOf("")).toEqual(["al-chat", "ai résumé", ""]);
    expect(await projectsOf(`?projectId=${encodeURIComponent("ai résumé")}`)).toEqual(["ai résumé"]);
    expect(await projectsOf("?projectId=other")).toEqual([]);
  });

  it("exist once: a second is 409, and of many at once one is created", async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("john_doe");
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(gateway, `POST ${PATH}`, { token, json: KEY })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    expect(await answerOf(gateway, `POST ${PATH}`, { token, json: KEY })).toEqual({
      status: 409,
      body: { error: "There is a credential of that connector, project and label already." },
    });
  });

  it("are checked by their connector; what is wrong is named, and nothing is stored", async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("john_doe");
    const post = (changes: object) => answerOf(gateway, `POST ${PATH}`, { token, json: { ...KEY, ...changes } });
    const refused = (error: unknown) => ({ status: 400, body: { error } });
    expect(await post({ credentialType: "nothing" })).toEqual(refused(`There is no such connector. ${KNOWN}`));
    expect(await post({ credentials: {} })).toEqual(refused(expect.stringMatching(/^api_key: /)));
    expect(await post({ credentials: { api_key: "a b" } })).toEqual(refused("api_key: must be printable ASCII without spaces."));
    expect(await post({ credentials: { ...KEY.credentials, extra: "1" } })).toEqual(refused(expect.stringMatching(/^extra: /)));
    expect(await post({ credentials: { api_key: 1 } })).toEqual(refused("credentials.api_key must be a text."));
    expect(await post({ credentials: "sk-1" })).toEqual(refused("credentials must be an object."));
    expect(await post({ projectId: { $ne: null } })).toEqual(refused("projectId must be a text."));
    expect(await post({ projectId: "a\u0000" })).toEqual(refused("projectId is not usable: it has control characters."));
    expect(await answerOf(gateway, `GET ${PATH}?credentialType=nothing`, { token })).toEqual(
      refused(`There is no such credentialType. ${KNOWN}`),
    );
    expect(await answerOf(gateway, `GET ${PATH}?projectId=a&projectId=b`, { token })).toEqual(
      refused("projectId must be a text."),
    );
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual({ status: 200, body: { credentials: [] } });
  });

  it("are out of everybody else's reach, and look like none", async () => {
    const gateway = await startGateway();
    const john = await gateway.signUp("john_doe");
    const id = await store(gateway, john.token);
    const jane = await gateway.signUp("jane");
    const admin = await gateway.signInAdministrator();
    for (const token of [jane.token, admin]) {
      for (const credential of [id, "credential_00000000000000000000000000", "nonsense", encodeURIComponent("a/../b")]) {
        expect(await answerOf(gateway, `DELETE ${PATH}/${credential}`, { token })).toEqual(ABSENT);
        expect(await answerOf(gateway, `PUT ${PATH}/${credential}`, { token, json: { credentials: {} } })).toEqual(ABSENT);
      }
      for (const username of ["john_doe", "nobody"]) {
        const query = `?credentialType=openai&projectId=al-chat&username=${username}`;
        expect(await answerOf(gateway, `GET ${PATH}${query}`, { token })).toEqual(ABSENT);
        expect(await answerOf(gateway, `GET ${PATH}?username=${username}`, { token })).toEqual({
          status: 200,
          body: { credentials: [] },
        });
      }
    }
    expect((await ask(gateway, `GET ${PATH}?credentialType=openai`, { token: john.token })).status).toBe(200);
  });

  it("reveal is on record, a list is not", async () => {
    const gateway = await startGateway();
    const { token, userId } = await gateway.signUp("john_doe");
    const id = await store(gateway, token);
    await ask(gateway, `GET ${PATH}`, { token });
    await ask(gateway, `GET ${PATH}?credentialType=openai`, { token });
    const events = await gateway.services.database.client.auditEvent.findMany({ where: { action: "CREDENTIAL_REVEALED" } });
    expect(events.map(({ actorId, targetId }) => ({ actorId, targetId }))).toEqual([{ actorId: userId, targetId: id }]);
  });

  it("no system default is listed, replaced or deleted, by administrators neither", async () => {
    const gateway = await startGateway({ API_AUTH_EMAIL: "shared@example.com", API_AUTH_PASSWORD: "shared passphrase" });
    const token = await gateway.signInAdministrator();
    const stored = await gateway.services.database.client.credential.findFirstOrThrow({ where: { ownerId: null } });
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual({ status: 200, body: { credentials: [] } });
    expect(await answerOf(gateway, `DELETE ${PATH}/${stored.id}`, { token })).toEqual(ABSENT);
  });
});

describe("system C: a service token", () => {
  it("reveals and lists what it is limited to, of the user that it names", async () => {
    const gateway = await startGateway();
    const john = await gateway.signUp("john_doe");
    const jane = await gateway.signUp("jane");
    for (const projectId of ["al-chat", "other"]) await store(gateway, john.token, { ...KEY, projectId });
    await store(gateway, jane.token);
    const token = await createServiceToken(gateway, { projects: ["al-chat"], users: ["john_doe"] });
    const query = (username: string, projectId: string) => `?credentialType=openai&projectId=${projectId}&username=${username}`;

    expect(await answerOf(gateway, `GET ${PATH}${query("john_doe", "al-chat")}`, { token })).toEqual({
      status: 200,
      body: { credentials: row({ credentials: KEY.credentials }) },
    });
    for (const absent of [query("john_doe", "other"), query("jane", "al-chat"), query("nobody", "al-chat")]) {
      expect(await answerOf(gateway, `GET ${PATH}${absent}`, { token })).toEqual(ABSENT);
    }
    const listed = { status: 200, body: { credentials: [row()] } };
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(listed);
    expect(await answerOf(gateway, `GET ${PATH}?username=JOHN_DOE`, { token })).toEqual(listed);
    expect(await answerOf(gateway, `GET ${PATH}?username=jane`, { token })).toEqual({ status: 200, body: { credentials: [] } });
  });

  it("needs no more than the permission to reveal", async () => {
    const gateway = await startGateway();
    const john = await gateway.signUp("john_doe");
    await store(gateway, john.token);
    const token = await createServiceToken(gateway, { permissions: ["credential:reveal"] });
    expect((await ask(gateway, `GET ${PATH}?credentialType=openai&username=john_doe`, { token })).status).toBe(200);
    expect(await answerOf(gateway, `GET ${PATH}?credentialType=openai`, { token })).toEqual({
      status: 400,
      body: { error: "Name the user too: a service token has no credentials of its own." },
    });
    expect((await ask(gateway, `GET ${PATH}`, { token })).status).toBe(403);
  });

  it("changes nothing", async () => {
    const gateway = await startGateway();
    const john = await gateway.signUp("john_doe");
    const id = await store(gateway, john.token);
    const token = await createServiceToken(gateway);
    const refused = { status: 403, body: { error: "Only a user can do this." } };
    expect(await answerOf(gateway, `POST ${PATH}`, { token, json: KEY })).toEqual(refused);
    expect(await answerOf(gateway, `PUT ${PATH}/${id}`, { token, json: { credentials: {} } })).toEqual(refused);
    expect(await answerOf(gateway, `DELETE ${PATH}/${id}`, { token })).toEqual(refused);
  });
});
