import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

/** The folder of `start-odoo-19.sh` and `seed-partners.py`, which set up and change the real server. */
export const ODOO_TOOLS = path.resolve(process.env.ODOO_TOOLS ?? "../shared/odoo");
/** What `start-odoo-19.sh` writes about its server, where it writes it when nothing else is said. */
export const CREDENTIALS_FILE = process.env.ODOO_CREDENTIALS ?? "/var/tmp/odoo-19/credentials.env";

const run = promisify(execFile);

/** The variables of the credentials file: `ODOO_URL`, `ODOO_DB`, `ODOO_LOGIN`, `ODOO_PASSWORD`, `ODOO_SYNC_API_KEY`… */
export function readCredentials(): (name: string) => string {
  const lines = existsSync(CREDENTIALS_FILE) ? readFileSync(CREDENTIALS_FILE, "utf8").split("\n") : [];
  const entries = lines.map((line) => /^(\w+)=["']?(.*?)["']?$/.exec(line)).filter((match) => match !== null);
  const values = new Map(entries.map(([, name = "", value = ""]) => [name, value]));
  return (name) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${CREDENTIALS_FILE} has no ${name}`);
    return value;
  };
}

/** Hangs the server (`freeze`), lets it go on (`thaw`). */
export async function controlOdoo(command: "freeze" | "thaw"): Promise<void> {
  await run(path.join(ODOO_TOOLS, "start-odoo-19.sh"), [command]);
}

/** Runs `seed-partners.py` as the administrator: `create --count 10000`, `touch --count 3 --offset 10`… */
export async function seedPartners(...args: string[]): Promise<void> {
  const credentials = readCredentials();
  const names = ["ODOO_URL", "ODOO_DB", "ODOO_LOGIN", "ODOO_PASSWORD"];
  const env = { ...process.env, ...Object.fromEntries(names.map((name) => [name, credentials(name)])) };
  await run(path.join(ODOO_TOOLS, "seed-partners.py"), args, { env });
}

const replySchema = z.object({ result: z.unknown().optional(), error: z.unknown().optional() });

/** Calls a model as the administrator, apart from the connector, to prepare a test and to check on it. */
export async function askAsAdmin(model: string, method: string, args: unknown[], keywords: object = {}): Promise<unknown> {
  const credentials = readCredentials();
  const uid = 2;
  const call = [credentials("ODOO_DB"), uid, credentials("ODOO_PASSWORD"), model, method, args, keywords];
  const response = await fetch(`${credentials("ODOO_URL")}/jsonrpc`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, params: { service: "object", method: "execute_kw", args: call } }),
  });
  const { result, error } = replySchema.parse(await response.json());
  if (error !== undefined) throw new Error(`Odoo refused ${model}.${method}: ${JSON.stringify(error)}`);
  return result;
}
