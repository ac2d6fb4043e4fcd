import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Gateway } from "./gateway.ts";

const SAVE = `mutation ($input: SaveProjectInput!) {
  saveProject(input: $input) { project { id slug } userErrors { field code message } }
}`;

/** Writes a file of projects into a folder and gives its path. */
export function writeProjectFile(folder: string, content: unknown): string {
  const file = path.join(folder, "projects.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

/** What `saveProject` answers an administrator. */
export async function saveProject(gateway: Gateway, token: string, input: Record<string, unknown>): Promise<unknown> {
  const { data, errors } = await gateway.query(SAVE, { input }, token);
  return errors?.map(({ extensions }) => extensions.code) ?? data?.saveProject;
}

/** The projects as a query's selection shows them to a viewer, or the codes of the errors. */
export async function listProjects(gateway: Gateway, token: string | undefined, selection: string): Promise<unknown> {
  const { data, errors } = await gateway.query(`{ projects { ${selection} } }`, {}, token);
  return errors?.map(({ extensions }) => extensions.code) ?? data?.projects;
}

/** Saves an application login of the caller untested, for a connector without an upstream to ask. */
export async function saveAppLogin(gateway: Gateway, token: string, project: string, label = "default"): Promise<string> {
  const fields = [
    { name: "email", value: "ada@example.test" },
    { name: "password", value: "a password of ada" },
  ];
  const { data } = await gateway.query(
    "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }",
    { input: { connector: "app-login", project, label, fields, test: false } },
    token,
  );
  if (data == null) throw new Error("The credential was not saved.");
  return (data.saveCredential as { credential: { id: string } }).credential.id;
}
