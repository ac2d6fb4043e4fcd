import type { UncountedPage } from "../../client/use-pages.ts";
import type { ContactCountQueryVariables, ContactsQueryVariables, TypedDocumentString } from "../../gql/graphql.ts";
import type { Column } from "../../parts/table.tsx";

/** What both kinds of rows are asked with. */
export type RowVariables = ContactsQueryVariables;

/** What decides how many rows there are, in whatever order. */
export type RowFilter = ContactCountQueryVariables;

/** What a page of synced rows is made of: how they are asked for, counted, shown and exported. */
export type RowList<Data, Row, CountData, ExportData, Line> = {
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
  readonly pick: (data: Data) => UncountedPage<Row>;
  /** Apart from the pages: counting a hundred thousand rows takes longer than finding fifty. */
  readonly counted: {
    readonly document: TypedDocumentString<CountData, RowFilter>;
    readonly pick: (data: CountData) => { readonly totalCount: number };
  };
  readonly keyOf: (row: Row) => string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly exported: {
    readonly document: TypedDocumentString<ExportData, RowVariables>;
    readonly pick: (data: ExportData) => UncountedPage<Line>;
    readonly columns: ReadonlyArray<
      readonly [title: string, value: (line: Line) => string | number | boolean | null | undefined]
    >;
  };
};
