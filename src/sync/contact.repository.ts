import type { ContactRow } from "../connectors/connector.ts";
import type { Database } from "../database/database.ts";
import type { ContactModel } from "../database/generated/sqlite/models.ts";
import { UpstreamRowRepository } from "./upstream-row.repository.ts";

export type ContactRepository = UpstreamRowRepository<ContactRow, ContactModel>;

/** Contacts, searchable by name, e-mail and phone. */
export function createContactRepository(database: Database): ContactRepository {
  return new UpstreamRowRepository<ContactRow, ContactModel>(database, {
    name: "Contact",
    idPrefix: "contact",
    columns: { name: "TEXT", email: "TEXT", phone: "TEXT", isCompany: "BOOLEAN" },
    valuesOf: ({ name, email, phone, isCompany }) => ({ name, email, phone, isCompany }),
    nameOf: ({ name }) => name,
    searchedOf: ({ email, phone }) => [email, phone],
    findMany: (client, query) => client.contact.findMany(query),
    findById: (client, id) => client.contact.findUnique({ where: { id } }),
  });
}
