import type { RowSort, SortDirection } from "../../gql/graphql.ts";
import type { texts } from "../../texts/texts.ts";

type OrderName = keyof typeof texts.rows.orders;

const ORDERS: Readonly<Record<OrderName, { readonly sort: RowSort; readonly direction: SortDirection }>> = {
  number: { sort: "ID", direction: "ASC" },
  name: { sort: "NAME", direction: "ASC" },
  nameBackwards: { sort: "NAME", direction: "DESC" },
  newest: { sort: "UPDATED", direction: "DESC" },
  oldest: { sort: "UPDATED", direction: "ASC" },
};

/** The names of the orders that rows can be shown in, the usual one first. */
export const ORDER_NAMES = Object.keys(ORDERS) as readonly OrderName[];

/** The order that an address names, the usual one for any other text. */
export function orderNamed(name: string | null): { readonly name: OrderName } & (typeof ORDERS)[OrderName] {
  const known = ORDER_NAMES.find((each) => each === name) ?? "number";
  return { name: known, ...ORDERS[known] };
}
