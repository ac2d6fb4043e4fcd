import { useState } from "react";
import { useSearchParams } from "react-router";
import { useData } from "../../client/use-data.ts";
import { usePager } from "../../client/use-pager.ts";
import { useDebounced } from "../../parts/use-debounced.ts";
import { orderNamed } from "./orders.ts";
import type { RowList } from "./row-list.ts";

/** Rows on a page. */
export const PER_PAGE = 50;

/** The page of rows that is looked at, and what it is chosen by: credential and order stand in the address, the search does not. */
export function useRows<Data, Row>(list: Pick<RowList<Data, Row, never, never, never>, "typename" | "document" | "pick">) {
  const [address, setAddress] = useSearchParams();
  const credentialId = address.get("credential");
  const [typed, setTyped] = useState("");
  const search = useDebounced(typed.trim());
  const { name: order, sort, direction } = orderNamed(address.get("sort"));
  const credential = credentialId === null ? null : { id: credentialId };
  const filter = { search: search === "" ? null : search, credential };
  const pager = usePager(`${credentialId} ${order} ${search}`);
  const change = (name: "credential" | "sort", value: string) =>
    setAddress((before) => new URLSearchParams([...[...before].filter(([each]) => each !== name), [name, value]]), {
      replace: true,
    });
  const rows = useData(
    list.document,
    { first: PER_PAGE, after: pager.after, ...filter, sort, direction },
    { of: [list.typename, "SyncRun"] },
  );
  const page = rows.data === undefined ? undefined : list.pick(rows.data);
  return { credentialId, typed, setTyped, search, order, sorted: { sort, direction }, filter, pager, change, rows, page };
}
