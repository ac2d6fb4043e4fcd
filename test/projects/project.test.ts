import { describe, expect, it } from "vitest";
import { startGateway } from "../support/gateway.ts";
import { startMisbehavingServer } from "../support/misbehaving-server.ts";
import { listProjects, saveProject } from "../support/projects.ts";

const DELETE = "mutation ($id: ID!) { deleteProject(input: { id: $id }) { deletedId userErrors { field code } } }";

const saved = (answer: unknown) => (answer as { project: { id: string } }).project.id;

async function startPortal(environment: Record<string, string> = {}) {
  const gateway = await startGateway(environment);
  return { gateway, admin: await gateway.signInAdministrator(), ada: (await gateway.signUp("ada")).token };
}

describe("the portal", () => {
  it("shows a signed-in person each project as the contract says, in its order", async () => {
    const { gateway, admin, ada } = await startPortal();
    const server = await startMisbehavingServer();
    const chat = saved(
      await saveProject(gateway, admin, {
        slug: "al-chat",
        name: " AL-Chat ",
        description: "Talk to a model.",
        healthUrl: `${server.origin}/health`,
        launchUrl: "https://chat.example.com/?user={username}",
        requiredConnectors: [{ connector: "openai" }],
        sortOrder: 2,
      }),
    );
    const resume = saved(await saveProject(gateway, admin, { slug: "ai-resume", name: "AI Resume", sortOrder: 1 }));
    const selection = "id slug name description launchUrl isReachable missingConnectors { id name }";
    expect(await listProjects(gateway, ada, selection)).toEqual([
      {
        id: resume,
        slug: "ai-resume",
        name: "AI Resume",
        description: "",
        launchUrl: null,
        isReachable: null,
        missingConnectors: [],
      },
      {
        id: chat,
        slug: "al-chat",
        name: "AL-Chat",
        description: "Talk to a model.",
        launchUrl: "https://chat.example.com/?user=ada",
        isReachable: true,
        missingConnectors: [{ id: "openai", name: "OpenAI" }],
      },
    ]);
  });

  it("is told what must be there, so that a new project does not go over one that somebody else made meanwhile", async () => {
    const { gateway, admin } = await startPortal();
    const [chat, resume] = [
      { slug: "al-chat", name: "AL-Chat" },
      { slug: "ai-resume", name: "AI Resume" },
    ];
    const chatId = saved(await saveProject(gateway, admin, { ...chat, replaces: null }));
    const resumeId = saved(await saveProject(gateway, admin, resume));
    const taken = { field: "slug", code: "PROJECT_EXISTS", message: "There is a project with this slug already." };
    const mine = { ...chat, name: "Mine" };

    expect(await saveProject(gateway, admin, { ...mine, replaces: null })).toEqual({ project: null, userErrors: [taken] });
    expect(await saveProject(gateway, admin, { ...mine, replaces: resumeId })).toEqual(["NOT_FOUND"]);
    expect(await saveProject(gateway, admin, { ...mine, slug: "gone", replaces: chatId })).toEqual(["NOT_FOUND"]);
    expect(await listProjects(gateway, admin, "name")).toEqual([{ name: "AI Resume" }, { name: "AL-Chat" }]);
    expect(saved(await saveProject(gateway, admin, { ...mine, replaces: chatId }))).toBe(chatId);
    expect(await listProjects(gateway, admin, "name")).toEqual([{ name: "AI Resume" }, { name: "Mine" }]);
  });

  it("shows what the operator set to administrators alone", async () => {
    const { gateway, admin, ada } = await startPortal();
    const server = await startMisbehavingServer(() => ({ status: 503 }));
    const launchUrl = "http://127.0.0.1/{username}";
    await saveProject(gateway, admin, { slug: "al-chat", name: "AL-Chat", healthUrl: server.origin, launchUrl });
    const selection = "isReachable healthUrl healthMessage launchUrlTemplate source isArchived sortOrder";
    const shown = { isReachable: false, source: "API", isArchived: false, sortOrder: 0 };
    expect([await listProjects(gateway, ada, selection), await listProjects(gateway, admin, selection)]).toEqual([
      [{ ...shown, healthUrl: null, healthMessage: null, launchUrlTemplate: null }],
      [{ ...shown, healthUrl: server.origin, healthMessage: "Answered with status 503.", launchUrlTemplate: launchUrl }],
    ]);
  });

  it("is for those who signed in, and is changed by administrators alone", async () => {
    const { gateway, ada } = await startPortal();
    const archived = await gateway.query("{ projects(includeArchived: true) { id } }", {}, ada);
    expect([
      await listProjects(gateway, undefined, "id"),
      await saveProject(gateway, ada, { slug: "mine", name: "Mine" }),
      (await gateway.query(DELETE, { id: "project_x" }, ada)).errors?.[0]?.extensions.code,
      archived.errors?.[0]?.extensions.code,
      await gateway.services.database.client.project.count(),
    ]).toEqual([["UNAUTHENTICATED"], ["FORBIDDEN"], "FORBIDDEN", "FORBIDDEN", 0]);
  });

  it("answers within about a second although upstreams hang", async () => {
    const { gateway, admin, ada } = await startPortal();
    const [hanging, well] = [await startMisbehavingServer("hang"), await startMisbehavingServer()];
    for (let index = 0; index < 12; index += 1) {
      await saveProject(gateway, admin, { slug: `slow-${index}`, name: "Slow", healthUrl: `${hanging.origin}/${index}` });
    }
    await saveProject(gateway, admin, { slug: "quick", name: "Quick", healthUrl: well.origin, sortOrder: -1 });
    const begun = performance.now();
    const projects = await listProjects(gateway, ada, "isReachable healthCheckedAt");
    expect(performance.now() - begun).toBeLessThan(2_500);
    const unknown = { isReachable: null, healthCheckedAt: null };
    expect(projects).toEqual([
      { isReachable: true, healthCheckedAt: expect.any(String) },
      ...Array.from({ length: 12 }, () => unknown),
    ]);
  });
});

describe("saving a project", () => {
  it("keeps what is left out, takes away what is null, and records it", async () => {
    const { gateway, admin } = await startPortal();
    const all = { slug: "al-chat", name: "AL-Chat", description: "Talk.", launchUrl: "https://chat.example.com/", sortOrder: 3 };
    const first = await saveProject(gateway, admin, { ...all, requiredConnectors: [{ connector: "odoo", project: "erp" }] });
    const second = await saveProject(gateway, admin, { slug: "al-chat", name: "Chat", launchUrl: null });
    const selection = "slug name description launchUrlTemplate sortOrder requiredConnectors { connector { id } project }";
    const events = await gateway.services.database.client.auditEvent.findMany({ where: { action: "PROJECT_SAVED" } });
    expect({
      sameId: saved(first) === saved(second),
      projects: await listProjects(gateway, admin, selection),
      events: events.map(({ targetId, details }) => [targetId, JSON.parse(details)]),
    }).toEqual({
      sameId: true,
      projects: [
        {
          slug: "al-chat",
          name: "Chat",
          description: "Talk.",
          launchUrlTemplate: null,
          sortOrder: 3,
          requiredConnectors: [{ connector: { id: "odoo" }, project: "erp" }],
        },
      ],
      events: Array.from({ length: 2 }, () => [saved(first), { slug: "al-chat", source: "API" }]),
    });
  });

  it("refuses what cannot be, names the field, and stores nothing", async () => {
    const { gateway, admin } = await startPortal();
    const twentyOne = Array.from({ length: 21 }, () => ({ connector: "odoo" }));
    const refused: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ slug: "AL Chat" }, "slug"],
      [{ slug: "../etc" }, "slug"],
      [{ name: " " }, "name"],
      [{ name: null }, "name"],
      [{ name: "two\nlines" }, "name"],
      [{ name: "x".repeat(101) }, "name"],
      [{ description: "x".repeat(1_001) }, "description"],
      [{ healthUrl: "ftp://chat.example.com/" }, "healthUrl"],
      [{ healthUrl: "http://ada:secret@chat.example.com/" }, "healthUrl"],
      [{ healthUrl: "http://169.254.169.254/latest" }, "healthUrl"],
      [{ healthUrl: "http://metadata.google.internal/" }, "healthUrl"],
      [{ launchUrl: "javascript:alert(1)" }, "launchUrl"],
      [{ launchUrl: "https://{username}.example.com/" }, "launchUrl"],
      [{ requiredConnectors: [{ connector: "odoo" }, { connector: "nothing" }] }, "requiredConnectors.1.connector"],
      [{ requiredConnectors: twentyOne }, "requiredConnectors"],
      [{ sortOrder: 2_000_000 }, "sortOrder"],
    ];
    const answers: unknown[] = [];
    for (const [change] of refused) {
      answers.push(await saveProject(gateway, admin, { slug: "al-chat", name: "AL-Chat", ...change }));
    }
    const expected = refused.map(([, field]) => {
      const message = expect.stringMatching(new RegExp(`^${field} (must|may|cannot|knows|names) `));
      return { project: null, userErrors: [{ field, code: "INVALID_FIELDS", message }] };
    });
    expect([answers, await gateway.services.database.client.project.count()]).toEqual([expected, 0]);
  });

  it("an archived project is gone from the portal and by its id, and an administrator can look at it still", async () => {
    const { gateway, admin, ada } = await startPortal();
    const id = saved(await saveProject(gateway, admin, { slug: "old", name: "Old", isArchived: true }));
    const node = async (token: string) =>
      (await gateway.query("query ($id: ID!) { node(id: $id) { __typename id } }", { id }, token)).data?.node;
    const archived = await gateway.query("{ projects(includeArchived: true) { slug } }", {}, admin);
    expect([await listProjects(gateway, admin, "slug"), archived.data?.projects, await node(ada), await node(admin)]).toEqual([
      [],
      [{ slug: "old" }],
      null,
      { __typename: "Project", id },
    ]);
  });

  it("of ten that create one project at once, one does, and the others are told", async () => {
    const { gateway, admin } = await startPortal();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => saveProject(gateway, admin, { slug: "al-chat", name: `Chat ${index}` })),
    );
    const stored = await gateway.services.database.client.project.findMany();
    const made = await gateway.services.database.client.auditEvent.count({ where: { action: "PROJECT_SAVED" } });
    const succeeded = answers.filter((answer) => !Array.isArray(answer));
    expect(answers.filter(Array.isArray).every(([code]) => code === "CONFLICT")).toBe(true);
    expect([stored.length, made]).toEqual([1, succeeded.length]);
  });

  it("deleting takes it away once, and credentials that were meant for it stay", async () => {
    const { gateway, admin } = await startPortal();
    const id = saved(await saveProject(gateway, admin, { slug: "al-chat", name: "AL-Chat" }));
    const first = await gateway.query(DELETE, { id }, admin);
    const second = await gateway.query(DELETE, { id }, admin);
    const events = await gateway.services.database.client.auditEvent.findMany({ where: { action: "PROJECT_DELETED" } });
    expect([first.data, second.errors?.[0]?.extensions.code, events.map((event) => event.targetId)]).toEqual([
      { deleteProject: { deletedId: id, userErrors: [] } },
      "NOT_FOUND",
      [id],
    ]);
  });
});

describe("a project's health URL", () => {
  it("on the operator's own machine is called, and opens no way there for users' URLs", async () => {
    const { gateway, admin, ada } = await startPortal({ UPSTREAM_ALLOW: "upstream.example" });
    const server = await startMisbehavingServer();
    await saveProject(gateway, admin, { slug: "al-chat", name: "AL-Chat", healthUrl: `${server.origin}/health` });
    const projects = await listProjects(gateway, ada, "isReachable");
    const test = await gateway.query(
      `mutation ($input: TestCredentialInput!) { testCredential(input: $input) { connectionTest { code } } }`,
      {
        input: {
          connector: "llm-api-key",
          fields: [
            { name: "api_key", value: "sk-something" },
            { name: "base_url", value: `${server.origin}/v1` },
          ],
        },
      },
      ada,
    );
    expect([projects, test.data, server.requests.map(({ path }) => path)]).toEqual([
      [{ isReachable: true }],
      { testCredential: { connectionTest: { code: "BLOCKED_ADDRESS" } } },
      ["/health"],
    ]);
  });
});
