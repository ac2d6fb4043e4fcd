import { useState } from "react";
import { useData } from "../../client/use-data.ts";
import type { PagerState } from "../../client/use-pager.ts";
import type { UncountedPage } from "../../client/use-pages.ts";
import { Pager } from "../../parts/pager.tsx";
import type { RowFilter, RowList } from "./row-list.ts";

/**
 * The way through synced rows. Their count comes after the rows, and is asked for once for all pages and orders of a
 * filter: mount another pager, by its key, for another filter.
 */
export function RowPager<CountData>({
  list,
  filter,
  pager,
  size,
  page,
  isBusy,
}: {
  readonly list: Pick<RowList<never, never, CountData, never, never>, "typename" | "counted">;
  readonly filter: RowFilter;
  readonly pager: PagerState;
  readonly size: number;
  readonly page: UncountedPage<unknown>;
  /** True while the page is not yet the filter's. */
  readonly isBusy: boolean;
}) {
  const known = page.pageInfo.hasNextPage ? null : pager.page * size + page.nodes.length;
  const [isWanted, setWanted] = useState(false);
  if (!isWanted && !isBusy && known === null) setWanted(true);
  const count = useData(list.counted.document, filter, { of: [list.typename, "SyncRun"], pause: !isWanted });
  const totalCount = known ?? (count.data === undefined ? null : list.counted.pick(count.data).totalCount);
  return <Pager pager={pager} size={size} of={{ ...page, totalCount }} isBusy={isBusy} />;
}
