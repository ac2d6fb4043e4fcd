import { realpathSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { systemViewer } from "../../access/viewer.ts";
import type { Config } from "../../config.ts";
import { sqliteFile } from "../../database/database.ts";
import { type ImportSource, ImportSourceError, isPostgresqlUrl, openSource } from "../../database/import-source.ts";
import type { Services } from "../../services.ts";
import { type ExitCode, USAGE_ERROR } from "../usage-error.ts";
import { AccountMover } from "./account-mover.ts";
import { readChatDemo } from "./chat-demo.ts";
import { readEnvironmentFile } from "./environment.ts";
import { createImportReport, type ImportReport } from "./import-report.ts";
import { readOdooProfiles } from "./odoo-profiles.ts";
import { readPortal } from "./portal.ts";
import type { SourceAccount, SystemReader } from "./source-account.ts";
import { readTestFramework } from "./test-framework.ts";

export type ImportCommandDependencies = {
  readonly config: Config;
  /** Opens the store that is moved into. */
  readonly open: () => Promise<Pick<Services, "database" | "access" | "credentials">>;
  /** Takes one line, without its end. */
  readonly print: (line: string) => void;
  /** Told of failures that are Postern's own. */
  readonly onFailure: (error: unknown) => void;
};

const USAGE = `Usage: npm run import -- --from <system> [--source <where>] [--merge] [--apply]
  environment      system defaults in a .env file; without --source in the environment
  test-framework   table global_admin_users
  portal           table credentials
  odoo-profiles    table users with the columns odoo_*
  chat-demo        tables users and user_api_keys
  <where> is a SQLite file or postgresql://user@host/database; give the password as PGPASSWORD.
  With --merge users who are here already, and whom no import made, get what their namesakes have there.
  Without --apply nothing is changed: it says what would be.`;

const READERS: Readonly<Record<string, SystemReader>> = {
  "test-framework": readTestFramework,
  portal: readPortal,
  "odoo-profiles": readOdooProfiles,
  "chat-demo": readChatDemo,
};
const ENVIRONMENT = "environment";

type Options = {
  readonly from: string;
  readonly source: string | undefined;
  readonly isApplied: boolean;
  readonly isMerging: boolean;
};

/**
 * Runs `npm run import`, beside running gateways. Resolves with the exit code: 0 all is taken, or can be; 1 something is
 * refused or the source cannot be read; 64 not understood.
 */
export async function runImportCommand(args: readonly string[], dependencies: ImportCommandDependencies): Promise<ExitCode> {
  const { config, print, onFailure } = dependencies;
  const options = parseOptions(args);
  if (options === null) {
    print(USAGE);
    return USAGE_ERROR;
  }
  if (isOwnStore(options.source, config)) {
    print("The source is Postern's own store: name the old system's.");
    return USAGE_ERROR;
  }
  const report = createImportReport(print);
  try {
    return await withAccounts(options, config, async (accounts) => {
      const { database, access, credentials } = await dependencies.open();
      const { isApplied, isMerging } = options;
      const viewer = systemViewer("import-command");
      const parts = { database, users: access.userImport, saving: credentials.saving };
      return await moveAll(accounts, new AccountMover({ ...parts, viewer, isApplied, isMerging, onFailure }), report, isApplied);
    });
  } catch (error) {
    if (!(error instanceof ImportSourceError)) throw error;
    print(error.message);
    return 1;
  }
}

function parseOptions(args: readonly string[]): Options | null {
  const options = {
    from: { type: "string" },
    source: { type: "string" },
    apply: { type: "boolean" },
    merge: { type: "boolean" },
  } as const;
  try {
    const { from, source, apply = false, merge = false } = parseArgs({ args: [...args], options, strict: true }).values;
    const isKnown = from === ENVIRONMENT || (from !== undefined && Object.hasOwn(READERS, from) && source !== undefined);
    return isKnown && source !== "" ? { from, source, isApplied: apply, isMerging: merge } : null;
  } catch {
    return null;
  }
}

/** Opening the store would migrate the file: an old `app.db` in Postern's data folder is seen before that. */
function isOwnStore(source: string | undefined, { DATABASE_URL, DATA_DIR }: Config): boolean {
  if (source === undefined || isPostgresqlUrl(source) || DATABASE_URL !== undefined) return false;
  const real = (file: string) => {
    try {
      return realpathSync(file);
    } catch {
      return path.resolve(file);
    }
  };
  return real(source) === real(sqliteFile(DATA_DIR));
}

/** Gives the accounts of the source to the work, and closes the source behind it. @throws {ImportSourceError} */
async function withAccounts<Result>(
  { from, source }: Options,
  config: Config,
  work: (accounts: AsyncIterable<SourceAccount>) => Promise<Result>,
): Promise<Result> {
  const read = READERS[from];
  if (read === undefined || source === undefined) return work(readEnvironmentFile(source, config));
  const opened: ImportSource = await openSource(source);
  try {
    return await work(read(opened));
  } finally {
    await opened.close();
  }
}

async function moveAll(accounts: AsyncIterable<SourceAccount>, mover: AccountMover, report: ImportReport, isApplied: boolean) {
  try {
    for await (const account of accounts) {
      for (const line of await mover.move(account)) report.add(line);
    }
  } catch (error) {
    // What has moved in before the source broke off has moved in.
    if (!report.isEmpty()) report.end(isApplied);
    throw error;
  }
  return report.end(isApplied) ? 0 : 1;
}
