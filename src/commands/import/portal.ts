import type { FieldInput } from "../../credentials/field-input.ts";
import type { ImportSource, SourceRow } from "../../database/import-source.ts";
import { groupRows, type SourceAccount, type SourceCredential, selectColumns, textOf } from "./source-account.ts";

const COLUMNS = { required: ["id", "username", "credential_type", "credentials"], optional: ["project_id"] };

/** The portal's table `credentials`: a row a user, type and project, its fields a JSON object. Users have no table there. */
export async function* readPortal(source: ImportSource): AsyncIterable<SourceAccount> {
  const columns = await selectColumns(source, "credentials", COLUMNS);
  const rows = source.rows(`SELECT ${columns} FROM credentials ORDER BY credentials.username, credentials.id`);
  for await (const group of groupRows(rows, (row) => row.username)) {
    const username = textOf(group[0]?.username) ?? "";
    yield {
      name: username,
      place: null,
      account: { username, email: null, passwordHash: null, isActive: true },
      credentials: group.map(toCredential),
    };
  }
}

function toCredential(row: SourceRow): SourceCredential {
  return {
    place: `credentials id=${textOf(row.id)}`,
    connector: textOf(row.credential_type) ?? "",
    project: textOf(row.project_id) ?? "",
    label: "default",
    content: parseContent(row.credentials),
  };
}

function parseContent(stored: unknown): SourceCredential["content"] {
  const values = typeof stored === "string" ? parseJson(stored) : stored;
  if (values === null || values === "") return null;
  if (typeof values !== "object" || Array.isArray(values)) return { problem: "its credentials are no JSON object" };
  const entries = Object.entries(values).filter(([, value]) => value !== null && value !== "");
  // A number could have lost digits on its way through JSON; which text was meant, nobody can tell.
  const odd = entries.filter(([, value]) => typeof value !== "string").map(([name]) => name);
  if (odd.length > 0) return { problem: `${odd.join(", ")}: this field must be text` };
  const fields = entries.map(([name, value]): FieldInput => ({ name, value: String(value) }));
  return fields.length === 0 ? null : { fields };
}

/** The value of a JSON text; undefined for what is none: the parser's own message would quote the secret. */
function parseJson(text: string): unknown {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
