import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAuditLog } from "../../src/audit/audit-log.ts";
import { ConfigError } from "../../src/config.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { makeId, systemClock } from "../../src/identifiers.ts";
import { ProjectRepository } from "../../src/projects/project.repository.ts";
import { parseProject } from "../../src/projects/project-fields.ts";
import { ProjectFileService } from "../../src/projects/project-file.service.ts";
import { readProjectFile } from "../../src/projects/project-file.ts";
import { TEST_AUDIT_SECRET } from "../support/audit.ts";
import { createTestStore } from "../support/database.ts";
import { startGateway } from "../support/gateway.ts";
import { listProjects, saveProject, writeProjectFile } from "../support/projects.ts";

const isKnown = (id: string) => ["openai", "odoo"].includes(id);

function writeFile(content: unknown): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-projects-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return writeProjectFile(folder, content);
}

function faultOf(content: unknown): string {
  const file = writeFile(content);
  try {
    readProjectFile(file, isKnown);
    return "";
  } catch (error) {
    return error instanceof ConfigError ? error.message.replace(file, "FILE") : "another error";
  }
}

function projectNamed(slug: string, name = slug) {
  const parsed = parseProject({ slug, name }, isKnown);
  if (!parsed.ok) throw new Error(slug);
  return parsed.fields;
}

describe("a file of projects", () => {
  it("may say as little as slug and name, and connectors as ids alone or with a project", () => {
    const [first, second] = [
      { slug: "ai-resume", name: "AI Resume" },
      {
        slug: "al-chat",
        name: "AL-Chat",
        description: "Talk.",
        healthUrl: "http://localhost:3000/health",
        launchUrl: "http://localhost:3000/?user={username}",
        requiredConnectors: ["openai", { connector: "odoo", project: "erp" }],
        sortOrder: 7,
        isArchived: true,
      },
    ];
    expect(readProjectFile(writeFile(`\uFEFF${JSON.stringify([first, second])}`), isKnown)).toEqual([
      {
        ...first,
        description: "",
        healthUrl: null,
        launchUrl: null,
        requiredConnectors: [],
        sortOrder: 0,
        isArchived: false,
      },
      {
        ...second,
        requiredConnectors: [
          { connector: "openai", project: null },
          { connector: "odoo", project: "erp" },
        ],
      },
    ]);
  });

  it("is refused with every bad entry named at once", () => {
    const message = faultOf([
      { slug: "good", name: "Good" },
      { slug: "Bad Slug", name: "" },
      "not a project",
      { slug: "typo", name: "Typo", helthUrl: "http://localhost/" },
      { slug: "unknown", name: "Unknown", requiredConnectors: ["opanai"] },
      { slug: "script", name: "Script", launchUrl: "javascript:alert(1)", healthUrl: "http://169.254.169.254/" },
      { slug: "good", name: "Good again" },
    ]);
    expect(message.split("\n")).toEqual([
      "PROJECTS_FILE FILE is not usable:",
      "  Entry 2 (Bad Slug): slug must be lower-case letters and digits, in groups joined by dashes.",
      "  Entry 2 (Bad Slug): name must not be empty.",
      expect.stringMatching(/^ {2}Entry 3: The project /),
      "  Entry 4 (typo): The project has unknown fields: helthUrl.",
      "  Entry 5 (unknown): requiredConnectors.0.connector names no connector of this Postern: opanai",
      "  Entry 6 (script): healthUrl cannot be called: 169.254.169.254 is an address that Postern never calls.",
      "  Entry 6 (script): launchUrl must be an http or https URL.",
      "  Entry 7 (good): slug is that of entry 1 already.",
    ]);
  });

  it.each([
    ["{ not json", /cannot be read/],
    ["{}", /must hold a JSON list/],
    ["", /cannot be read/],
  ])("that holds %j is refused", (content, fault) => {
    expect(faultOf(content)).toMatch(fault);
  });

  it("that is not there is refused", () => {
    expect(() => readProjectFile("/nowhere/projects.json", isKnown)).toThrow(ConfigError);
  });
});

describe("a start with PROJECTS_FILE", () => {
  it("keeps the portal equal to the file, takes projects over, and leaves those of the API alone", async () => {
    const store = await createTestStore();
    onTestFinished(() => store.remove());
    const steps: unknown[] = [];
    const startWith = async (
      content: unknown,
      before: (admin: string, gateway: Awaited<ReturnType<typeof startGateway>>) => unknown,
    ) => {
      const file = content === null ? "" : writeProjectFile(store.dataDir, content);
      const gateway = await startGateway({ PROJECTS_FILE: file }, store);
      const admin = await gateway.signInAdministrator();
      steps.push(await listProjects(gateway, admin, "slug name source"));
      await before(admin, gateway);
      await gateway.close();
    };
    const chat = { slug: "al-chat", name: "AL-Chat" };
    await startWith([chat, { slug: "old", name: "Old" }], async (admin, gateway) => {
      await saveProject(gateway, admin, { slug: "wiki", name: "Wiki", sortOrder: 10 });
      await saveProject(gateway, admin, { slug: "taken", name: "By hand", sortOrder: 11 });
    });
    await startWith(
      [
        { ...chat, name: "Chat" },
        { slug: "taken", name: "From the file" },
      ],
      () => undefined,
    );
    await startWith(null, () => undefined);
    const fromFile = (slug: string, name: string) => ({ slug, name, source: "FILE" });
    const wiki = { slug: "wiki", name: "Wiki", source: "API" };
    expect(steps).toEqual([
      [fromFile("al-chat", "AL-Chat"), fromFile("old", "Old")],
      [fromFile("al-chat", "Chat"), fromFile("taken", "From the file"), wiki],
      [wiki],
    ]);
  });

  it("that changes nothing writes nothing", async () => {
    const store = await createTestStore();
    onTestFinished(() => store.remove());
    const PROJECTS_FILE = writeProjectFile(store.dataDir, [{ slug: "al-chat", name: "AL-Chat", requiredConnectors: ["openai"] }]);
    const states: unknown[] = [];
    for (let start = 0; start < 2; start += 1) {
      const gateway = await startGateway({ PROJECTS_FILE }, store);
      const { client } = gateway.services.database;
      states.push([await client.project.findMany(), await client.auditEvent.count({ where: { action: "PROJECT_SAVED" } })]);
      await gateway.close();
    }
    expect(states[1]).toEqual(states[0]);
    expect(states[0]).toEqual([[expect.objectContaining({ slug: "al-chat", source: "FILE" })], 1]);
  });

  it("with a bad file fails, and says why", async () => {
    const file = writeFile([{ slug: "al-chat" }]);
    await expect(startGateway({ PROJECTS_FILE: file })).rejects.toThrow("Entry 1 (al-chat): name must be text.");
  });

  it("makes its projects what only the file can change", async () => {
    const gateway = await startGateway({ PROJECTS_FILE: writeFile([{ slug: "al-chat", name: "AL-Chat" }]) });
    const admin = await gateway.signInAdministrator();
    const [project] = await gateway.services.database.client.project.findMany();
    const deleted = await gateway.query(
      "mutation ($id: ID!) { deleteProject(input: { id: $id }) { deletedId userErrors { field code } } }",
      { id: project?.id },
      admin,
    );
    expect([await saveProject(gateway, admin, { slug: "al-chat", name: "Mine" }), deleted.data?.deleteProject]).toEqual([
      {
        project: null,
        userErrors: [{ field: "slug", code: "PROJECT_FROM_FILE", message: expect.stringContaining("PROJECTS_FILE") }],
      },
      { deletedId: null, userErrors: [{ field: "id", code: "PROJECT_FROM_FILE" }] },
    ]);
    expect(await gateway.services.database.client.project.findMany()).toEqual([project]);
  });
});

describe("nodes that start at once", () => {
  it("store each project once and record it once, whether it is new or changed", async () => {
    const store = await createTestStore();
    const open = () => openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
    const first = await open();
    // In one process two SQLite connections would wait for each other without ever yielding: there the nodes share one.
    const databases: Database[] = [first];
    for (let node = 1; node < 4; node += 1) databases.push(first.provider === "postgresql" ? await open() : first);
    onTestFinished(async () => {
      for (const database of new Set(databases)) await database.close();
      await store.remove();
    });
    const nodes = databases.map((database) => {
      const audit = createAuditLog({ database, secret: TEST_AUDIT_SECRET, makeId, clock: systemClock });
      const repository = new ProjectRepository(database);
      return new ProjectFileService({ database, repository, audit, makeId, clock: systemClock });
    });
    const slugs = Array.from({ length: 20 }, (_, index) => `project-${index}`);
    const applyAll = (name: string) =>
      Promise.all(nodes.map((node) => node.apply(slugs.map((slug) => projectNamed(slug, name)))));
    await applyAll("First");
    await applyAll("Second");
    const projects = await first.client.project.findMany();
    const events = await first.client.auditEvent.count({ where: { action: "PROJECT_SAVED" } });
    expect([projects.length, projects.every(({ name }) => name === "Second"), events]).toEqual([20, true, 40]);
  });
});
