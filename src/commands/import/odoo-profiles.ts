import type { ImportSource, SourceRow } from "../../database/import-source.ts";
import { fieldsOf, isTrue, readColumns, type SourceAccount, selectColumns, textOf } from "./source-account.ts";

const COLUMNS = {
  required: ["username", "hashed_password", "odoo_username", "odoo_password", "odoo_database"],
  optional: ["id", "email", "is_active", "odoo_url"],
};

/** The table `users` whose rows carry each user's Odoo login; an empty password is no login. */
export async function* readOdooProfiles(source: ImportSource): AsyncIterable<SourceAccount> {
  const columns = await selectColumns(source, "users", COLUMNS);
  const knowsActive = (await readColumns(source, "users")).has("isactive");
  for await (const row of source.rows(`SELECT ${columns} FROM users ORDER BY "id", "username"`)) {
    yield toAccount(row, knowsActive ? isTrue(row.is_active) : true);
  }
}

function toAccount(row: SourceRow, isActive: boolean): SourceAccount {
  const username = textOf(row.username) ?? "";
  const place = `users ${row.id === null ? `username=${username}` : `id=${textOf(row.id)}`}`;
  const password = textOf(row.odoo_password);
  const fields = fieldsOf({
    url: textOf(row.odoo_url),
    database: textOf(row.odoo_database),
    username: textOf(row.odoo_username),
    password,
  });
  return {
    name: username,
    place,
    account: { username, email: textOf(row.email), passwordHash: textOf(row.hashed_password) || null, isActive },
    credentials: [{ place, connector: "odoo", project: "", label: "default", content: password ? { fields } : null }],
  };
}
