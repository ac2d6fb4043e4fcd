import type { ImportSource, SourceRow } from "../../database/import-source.ts";
import { quoteName } from "../../database/quote-name.ts";
import { fieldsOf, type SourceAccount, type SourceCredential, selectColumns, textOf } from "./source-account.ts";

const TABLE = "global_admin_users";
const EMAIL_COLUMN = /^dev_(.+)_email$/;

/**
 * The table `global_admin_users`: a row a user, with columns `dev_{app}_email` and `dev_{app}_password` for every
 * application that there is. An application without one of the two is not configured for that user.
 */
export async function* readTestFramework(source: ImportSource): AsyncIterable<SourceAccount> {
  const columns = await source.columns(TABLE);
  const users = await selectColumns(source, TABLE, { required: ["username"], optional: ["id"] });
  const apps = columns
    .flatMap((column) => EMAIL_COLUMN.exec(column)?.[1] ?? [])
    .filter((app) => columns.includes(`dev_${app}_password`));
  const logins = apps.flatMap((app) => [`dev_${app}_email`, `dev_${app}_password`]).map(quoteName);
  for await (const row of source.rows(`SELECT ${[users, ...logins].join(", ")} FROM ${TABLE} ORDER BY "id", "username"`)) {
    yield toAccount(row, apps);
  }
}

function toAccount(row: SourceRow, apps: readonly string[]): SourceAccount {
  const username = textOf(row.username) ?? "";
  const place = `${TABLE} ${row.id === null ? `username=${username}` : `id=${textOf(row.id)}`}`;
  const credentials = apps.map((app): SourceCredential => {
    const email = textOf(row[`dev_${app}_email`]);
    const password = textOf(row[`dev_${app}_password`]);
    const content = email?.trim() && password ? { fields: fieldsOf({ email, password }) } : null;
    return { place, connector: "app-login", project: app, label: "default", content };
  });
  return { name: username, place, account: { username, email: null, passwordHash: null, isActive: true }, credentials };
}
