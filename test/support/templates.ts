import "reflect-metadata";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { openDatabase } from "../../src/database/database.ts";
import { databaseUrlOf, onServer } from "./postgresql.ts";
import { openServices } from "./services.ts";

/** What the stores of tests are copied from: a folder and, on PostgreSQL, a database's name. */
export type Template = { readonly dataDir: string; readonly database: string | undefined };

declare module "vitest" {
  interface ProvidedContext {
    /** A store that is migrated and empty. */
    readonly migrated: Template;
    /** A store on which a gateway was started, and stopped: with keys and the first administrator. */
    readonly started: Template;
  }
}

async function createTemplate(isPostgresql: boolean, prepare: (template: Template) => Promise<void>): Promise<Template> {
  const database = isPostgresql ? `postern_template_${randomBytes(8).toString("hex")}` : undefined;
  if (database !== undefined) await onServer(`CREATE DATABASE ${database}`);
  const template = { dataDir: mkdtempSync(path.join(tmpdir(), "postern-template-")), database };
  await prepare(template);
  return template;
}

/** Makes the templates once for all test files of a project: starting from nothing costs every test a third of a second. */
export default async function prepareTemplates({ config, provide }: TestProject) {
  const isPostgresql = config.env.TEST_DATABASE === "postgresql";
  const databaseUrl = ({ database }: Template) => (database === undefined ? undefined : databaseUrlOf(database));
  const migrated = await createTemplate(isPostgresql, async (template) => {
    await (await openDatabase({ DATA_DIR: template.dataDir, DATABASE_URL: databaseUrl(template) })).close();
  });
  const started = await createTemplate(isPostgresql, async (template) => {
    const { services } = await openServices({ dataDir: template.dataDir, databaseUrl: databaseUrl(template) });
    await services.start();
    await services.stop();
  });
  provide("migrated", migrated);
  provide("started", started);
  return async () => {
    for (const { dataDir, database } of [migrated, started]) {
      rmSync(dataDir, { recursive: true, force: true });
      if (database !== undefined) await onServer(`DROP DATABASE ${database} WITH (FORCE)`);
    }
  };
}
