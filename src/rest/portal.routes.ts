import { z } from "zod";
import type { UserViewer, Viewer } from "../access/viewer.ts";
import type { ConnectorRegistry } from "../connectors/connector.ts";
import type { CredentialService } from "../credentials/credential.service.ts";
import type { CredentialRecord } from "../credentials/credential-access.ts";
import type { CredentialListingService } from "../credentials/credential-listing.service.ts";
import type { CredentialSavingService } from "../credentials/credential-saving.service.ts";
import { badInput, notFound } from "../errors.ts";
import { answer, defineRoute, type RestSystem } from "./route.ts";
import { messageShape, nameText, overwrite, requireNone, timestamp } from "./shapes.ts";

export type PortalServices = {
  readonly credentials: Pick<CredentialService, "reveal" | "findById" | "delete" | "describeVersions" | "connectorOf">;
  readonly saving: Pick<CredentialSavingService, "save">;
  readonly listing: Pick<CredentialListingService, "list">;
  readonly connectors: ConnectorRegistry;
};

const PATH = "/api/credentials";

const row = z.object({
  id: z.string(),
  username: z.string(),
  credentialType: z.string(),
  projectId: z.string(),
  credentials: z
    .record(z.string(), z.string())
    .meta({ description: "By field; what is the connector's own default is left out." }),
  createdAt: timestamp,
  updatedAt: timestamp,
});
const oneRow = z.object({ credentials: row });
const values = z.record(z.string(), z.string());

/** System C: one place for the keys of every project. */
export function createPortal(services: PortalServices): RestSystem {
  return {
    name: "Portal",
    about: "One place for the keys of every project. `credentialType` is a connector's id.",
    prefixes: [PATH],
    failures: { key: "error" },
    limit: "GENERAL",
    routes: [findCredentials(services), createCredential(services), replaceCredential(services), deleteCredential(services)],
  };
}

function findCredentials(services: PortalServices) {
  const wanted = z.object({ username: nameText.optional(), credentialType: nameText.optional(), projectId: nameText.optional() });
  return defineRoute({
    method: "GET",
    path: PATH,
    summary: "Reveal one credential, or list them all",
    description:
      "With `credentialType`: that one with its secrets, and the reveal is recorded. Without: all, secrets left out. A user sees their own; a service token names the user by `username` and sees what it is limited to.",
    callers: "ANY",
    query: wanted,
    answers: { 200: { about: "The credential, or the list.", schema: z.object({ credentials: z.union([row, z.array(row)]) }) } },
    refusals: { 404: "There is none, or it is not the caller's." },
    handle: async ({ viewer, query: { username, credentialType, projectId } }) => {
      // A field that a form left empty.
      const owner = username === "" ? undefined : username;
      if (!credentialType) return answer(200, { credentials: await listRows(services, viewer, owner, projectId) });
      return answer(200, {
        credentials: await revealRow(services, viewer, { username: owner, type: credentialType, projectId }),
      });
    },
  });
}

async function listRows(services: PortalServices, viewer: Viewer, username: string | undefined, project: string | undefined) {
  const listed = await services.listing.list(viewer, { username, project });
  return listed.map((each) => toRow(services, each.credential, each.username, each.publicFields));
}

async function revealRow(
  services: PortalServices,
  viewer: Viewer,
  { username, type, projectId }: { username: string | undefined; type: string; projectId: string | undefined },
) {
  const { credentials, connectors } = services;
  if (connectors.find(type) === null) {
    const known = connectors.all.map(({ id }) => id).join(", ");
    throw badInput("credentialType", `There is no such credentialType. Known are: ${known}.`);
  }
  const { credential, fields } = await credentials.reveal(viewer, { username, connector: type, project: projectId });
  const owner = viewer.type === "USER" ? viewer.username : (username ?? "");
  return toRow(services, credential, owner, Object.fromEntries(fields.map(({ name, value }) => [name, value])));
}

function createCredential(services: PortalServices) {
  const wanted = z.object({ credentialType: z.string(), projectId: nameText.default(""), credentials: values });
  return defineRoute({
    method: "POST",
    path: PATH,
    summary: "Store a credential, without a test",
    callers: "USER",
    body: { type: "json", schema: wanted },
    answers: { 201: { about: "The credential, secrets left out.", schema: oneRow } },
    refusals: {
      400: "The type is not known, or a field is wrong or missing.",
      409: "There is one of that type in that project.",
    },
    handle: async ({ viewer, body: { credentialType: connector, projectId: project, credentials } }) => {
      const fields = Object.entries(credentials).map(([name, value]) => ({ name, value }));
      const saved = await services.saving.save(viewer, { connector, project, fields, test: false, replaces: null });
      requireNone(saved.userErrors);
      return answer(201, { credentials: await savedRow(services, viewer, saved.credential) });
    },
  });
}

function replaceCredential(services: PortalServices) {
  return defineRoute({
    method: "PUT",
    path: `${PATH}/{id}`,
    summary: "Replace the fields of a credential, without a test",
    callers: "USER",
    params: z.object({ id: z.string() }),
    body: { type: "json", schema: z.object({ credentials: values }) },
    answers: { 200: { about: "The credential, secrets left out.", schema: oneRow } },
    refusals: { 404: "There is none, or it is not the caller's." },
    handle: async ({ viewer, params: { id }, body: { credentials } }) => {
      const stored = await requireOwn(services, viewer, id);
      const { connectorId: connector, project, label } = stored;
      // What is not given anew is taken away: the request has the whole credential.
      const absent = services.credentials.connectorOf(stored).fields.map(({ name }) => [name, null] as const);
      const fields = Object.entries({ ...Object.fromEntries(absent), ...credentials }).map(([name, value]) => ({ name, value }));
      const input = { connector, project, label, fields, test: false, replaces: id };
      const saved = await overwrite(() => services.saving.save(viewer, input));
      requireNone(saved.userErrors);
      return answer(200, { credentials: await savedRow(services, viewer, saved.credential) });
    },
  });
}

function deleteCredential(services: PortalServices) {
  return defineRoute({
    method: "DELETE",
    path: `${PATH}/{id}`,
    summary: "Delete a credential",
    callers: "USER",
    params: z.object({ id: z.string() }),
    answers: { 200: { about: "Deleted.", schema: messageShape } },
    refusals: { 404: "There is none, or it is not the caller's." },
    handle: async ({ viewer, params: { id } }) => {
      await requireOwn(services, viewer, id);
      await services.credentials.delete(viewer, id);
      return answer(200, { message: "Credential deleted successfully" });
    },
  });
}

/** The viewer's own credential: administrators too reach no system default here. */
async function requireOwn({ credentials }: PortalServices, viewer: Viewer, id: string): Promise<CredentialRecord> {
  const credential = await credentials.findById(viewer, id);
  if (credential === null || credential.ownerId !== viewer.id) throw notFound("credential");
  return credential;
}

async function savedRow(services: PortalServices, viewer: Viewer, credential: CredentialRecord | null) {
  if (credential === null) throw new Error("Neither a credential nor an error came of a save.");
  const [version] = await services.credentials.describeVersions([credential]);
  return toRow(services, credential, (viewer as UserViewer).username, version?.publicFields ?? {});
}

function toRow(
  { credentials }: PortalServices,
  credential: CredentialRecord,
  username: string,
  fields: Readonly<Record<string, string>>,
): z.infer<typeof row> {
  const { id, connectorId: credentialType, project: projectId, createdAt, updatedAt } = credential;
  const defaults = new Map(credentials.connectorOf(credential).fields.map(({ name, defaultValue }) => [name, defaultValue]));
  // Clients of the portal get back what they stored, not what Postern filled in.
  const given = Object.entries(fields).filter(([name, value]) => defaults.get(name) !== value);
  return {
    id,
    username,
    credentialType,
    projectId,
    credentials: Object.fromEntries(given),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
