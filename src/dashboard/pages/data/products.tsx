import {
  ProductCountDocument,
  type ProductCountQuery,
  ProductsDocument,
  type ProductsQuery,
  ProductsToExportDocument,
  type ProductsToExportQuery,
} from "../../gql/graphql.ts";
import { Time } from "../../parts/time.tsx";
import { texts } from "../../texts/texts.ts";
import { NameCell, OptionalText } from "./name-cell.tsx";
import type { RowList } from "./row-list.ts";
import { RowPage } from "./row-page.tsx";

const { columns } = texts.rows;

type Row = ProductsQuery["products"]["nodes"][number];
type Line = ProductsToExportQuery["products"]["nodes"][number];

const PRODUCTS: RowList<ProductsQuery, Row, ProductCountQuery, ProductsToExportQuery, Line> = {
  ...texts.rows.products,
  typename: "Product",
  document: ProductsDocument,
  pick: ({ products }) => products,
  counted: { document: ProductCountDocument, pick: ({ products }) => products },
  keyOf: ({ id }) => id,
  columns: [
    { key: "name", title: columns.name, cell: (row) => <NameCell {...row} /> },
    { key: "sku", title: columns.sku, isWord: true, cell: ({ sku }) => <OptionalText text={sku} /> },
    { key: "price", title: columns.price, isNumber: true, cell: ({ price }) => <OptionalText text={priceText(price)} /> },
    { key: "changed", title: columns.changed, cell: ({ upstreamUpdatedAt }) => <Time value={upstreamUpdatedAt} /> },
  ],
  exported: {
    document: ProductsToExportDocument,
    pick: ({ products }) => products,
    columns: [
      [columns.id, ({ upstreamId }) => upstreamId],
      [columns.name, ({ name }) => name],
      [columns.sku, ({ sku }) => sku],
      // Decimal text: a number to spreadsheets, and a negative one is no formula.
      [columns.price, ({ price }) => (price == null ? null : Number.isFinite(Number(price)) ? Number(price) : price)],
      [columns.isActive, ({ isActive }) => isActive],
      [columns.changed, ({ upstreamUpdatedAt }) => upstreamUpdatedAt],
      [columns.synced, ({ syncedAt }) => syncedAt],
    ],
  },
};

/** A price with two decimals or as many more as it has; decimal text stays exact. */
function priceText(price: string | null | undefined): string | null | undefined {
  const [, sign, whole, decimals = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(price ?? "") ?? [];
  return whole === undefined ? price : `${sign}${BigInt(whole).toLocaleString("en")}.${decimals.padEnd(2, "0")}`;
}

/** The products that the last syncs brought. */
export function ProductsPage() {
  return <RowPage list={PRODUCTS} />;
}
