import {
  ContactCountDocument,
  type ContactCountQuery,
  ContactsDocument,
  type ContactsQuery,
  ContactsToExportDocument,
  type ContactsToExportQuery,
} from "../../gql/graphql.ts";
import { Time } from "../../parts/time.tsx";
import { texts } from "../../texts/texts.ts";
import { NameCell, OptionalText } from "./name-cell.tsx";
import type { RowList } from "./row-list.ts";
import { RowPage } from "./row-page.tsx";

const { columns, company, person } = texts.rows;

type Row = ContactsQuery["contacts"]["nodes"][number];
type Line = ContactsToExportQuery["contacts"]["nodes"][number];

const CONTACTS: RowList<ContactsQuery, Row, ContactCountQuery, ContactsToExportQuery, Line> = {
  ...texts.rows.contacts,
  typename: "Contact",
  document: ContactsDocument,
  pick: ({ contacts }) => contacts,
  counted: { document: ContactCountDocument, pick: ({ contacts }) => contacts },
  keyOf: ({ id }) => id,
  columns: [
    { key: "name", title: columns.name, cell: (row) => <NameCell {...row} /> },
    { key: "email", title: columns.email, cell: ({ email }) => <OptionalText text={email} /> },
    { key: "phone", title: columns.phone, cell: ({ phone }) => <OptionalText text={phone} /> },
    { key: "kind", title: columns.kind, cell: ({ isCompany }) => (isCompany ? company : person) },
    { key: "changed", title: columns.changed, cell: ({ upstreamUpdatedAt }) => <Time value={upstreamUpdatedAt} /> },
  ],
  exported: {
    document: ContactsToExportDocument,
    pick: ({ contacts }) => contacts,
    columns: [
      [columns.id, ({ upstreamId }) => upstreamId],
      [columns.name, ({ name }) => name],
      [columns.email, ({ email }) => email],
      [columns.phone, ({ phone }) => phone],
      [columns.kind, ({ isCompany }) => (isCompany ? company : person)],
      [columns.isActive, ({ isActive }) => isActive],
      [columns.changed, ({ upstreamUpdatedAt }) => upstreamUpdatedAt],
      [columns.synced, ({ syncedAt }) => syncedAt],
    ],
  },
};

/** The contacts that the last syncs brought. */
export function ContactsPage() {
  return <RowPage list={CONTACTS} />;
}
