import { useCallback, useState } from "react";

export type PagerState = {
  /** The cursor to ask after; null on the first page. */
  readonly after: string | null;
  /** From 0 on. */
  readonly page: number;
  readonly next: (cursor: string) => void;
  readonly previous: () => void;
};

/** Where one is in a list that is paged by cursors; back to its beginning whenever `listKey` names another list. */
export function usePager(listKey: string): PagerState {
  const [place, setPlace] = useState<{ readonly key: string; readonly cursors: readonly string[] }>({
    key: listKey,
    cursors: [],
  });
  // Forgotten at once: whoever comes back to a list begins it anew.
  if (place.key !== listKey) setPlace({ key: listKey, cursors: [] });
  const cursors = place.key === listKey ? place.cursors : [];
  const next = useCallback((cursor: string) => setPlace({ key: listKey, cursors: [...cursors, cursor] }), [listKey, cursors]);
  const previous = useCallback(() => setPlace({ key: listKey, cursors: cursors.slice(0, -1) }), [listKey, cursors]);
  return { after: cursors.at(-1) ?? null, page: cursors.length, next, previous };
}
