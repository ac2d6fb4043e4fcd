import type { ConnectionPage } from "../../client/use-pages.ts";
import type { ContactsQueryVariables, TypedDocumentString } from "../../gql/graphql.ts";
import type { Column } from "../../parts/table.tsx";

/** What both kinds of rows are asked with. */
export type RowVariables = ContactsQueryVariables;

/** The page of an export: no count, which would be made anew for each of a thousand pages. */
export type ExportPage<Line> = Pick<ConnectionPage<Line>, "nodes" | "pageInfo">;

/** What a page of synced rows is made of: how they are asked for, shown and exported. */
export type RowList<Data, Row, ExportData, Line> = {
  readonly title: string;
  /** The GraphQL type of the rows. */
  readonly typename: string;
  readonly description: string;
  readonly search: string;
  readonly emptyTitle: string;
  readonly empty: string;
  /** Name of the exported file without its end. */
  readonly file: string;
  readonly document: TypedDocumentString<Data, RowVariables>;
  readonly pick: (data: Data) => ConnectionPage<Row>;
  readonly keyOf: (row: Row) => string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly exported: {
    readonly document: TypedDocumentString<ExportData, RowVariables>;
    readonly pick: (data: ExportData) => ExportPage<Line>;
    readonly columns: ReadonlyArray<
      readonly [title: string, value: (line: Line) => string | number | boolean | null | undefined]
    >;
  };
};
