import type { OdooCredentialsQuery } from "../../gql/graphql.ts";

export type OdooCredential = OdooCredentialsQuery["credentials"]["nodes"][number];

/** The Odoo credentials as choices of a select. */
export function CredentialOptions({ sources }: { readonly sources: readonly OdooCredential[] }) {
  return sources.map(({ id, label, project }) => (
    <option key={id} value={id}>
      {project === "" ? label : `${label} · ${project}`}
    </option>
  ));
}
