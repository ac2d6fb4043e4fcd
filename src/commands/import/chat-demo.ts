import type { ImportSource, SourceRow } from "../../database/import-source.ts";
import { quoteName } from "../../database/quote-name.ts";
import { keyOf } from "../../rest/chat-demo.routes.ts";
import {
  fieldsOf,
  groupRows,
  isTrue,
  type SourceAccount,
  type SourceCredential,
  selectColumns,
  textOf,
} from "./source-account.ts";

const USERS = { required: ["id", "username", "email", "hashed_password", "is_active"] };
const KEYS = { required: ["user_id", "model_name", "api_key"] };

/** The chat demo's `app.db`: tables `users` and `user_api_keys`, one key a user and language model. */
export async function* readChatDemo(source: ImportSource): AsyncIterable<SourceAccount> {
  const users = await selectColumns(source, "users", USERS);
  const keys = await selectColumns(source, "user_api_keys", KEYS);
  const keyId = `user_api_keys.${quoteName("id")}`;
  const joined = source.rows(
    `SELECT ${users}, ${keys}, ${keyId} AS key_id FROM users
     LEFT JOIN user_api_keys ON user_api_keys.user_id = users.id ORDER BY users.id, ${keyId}`,
  );
  for await (const rows of groupRows(joined, (row) => row.id)) yield* toAccount(rows);
  const orphans = source.rows(
    `SELECT ${keys}, ${keyId} AS key_id FROM user_api_keys
     LEFT JOIN users ON users.id = user_api_keys.user_id WHERE users.id IS NULL`,
  );
  for await (const row of orphans) {
    const name = `(user ${textOf(row.user_id) ?? "NULL"})`;
    yield { name, place: null, account: null, credentials: [toCredential(row)], problem: "there is no such user" };
  }
}

function* toAccount(rows: readonly SourceRow[]): Iterable<SourceAccount> {
  const [user] = rows;
  if (user === undefined) return;
  const username = textOf(user.username) ?? "";
  yield {
    name: username,
    place: `users id=${textOf(user.id)}`,
    account: {
      username,
      email: textOf(user.email),
      passwordHash: textOf(user.hashed_password) || null,
      isActive: isTrue(user.is_active),
    },
    credentials: rows.filter((row) => row.key_id !== null).map(toCredential),
  };
}

function toCredential(row: SourceRow): SourceCredential {
  const place = `user_api_keys id=${textOf(row.key_id)}`;
  const model = textOf(row.model_name)?.trim() ?? "";
  const key = textOf(row.api_key);
  if (model === "") return { place, ...keyOf(model), content: { problem: "it names no model" } };
  return { place, ...keyOf(model), content: key ? { fields: fieldsOf({ api_key: key }) } : null };
}
