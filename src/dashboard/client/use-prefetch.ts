import { type FocusEventHandler, type PointerEventHandler, useCallback, useEffect, useRef } from "react";
import { type AnyVariables, useClient } from "urql";
import type { TypedDocumentString } from "../gql/graphql.ts";

/** How long somebody points at a link before they seem to mean it. */
const MEANT_MS = 50;

type Intent = {
  readonly onPointerEnter: PointerEventHandler;
  readonly onPointerLeave: PointerEventHandler;
  readonly onPointerDown: PointerEventHandler;
  readonly onFocus: FocusEventHandler;
  readonly onBlur: FocusEventHandler;
};

/** Handlers of a link that ask for the data of its page while somebody is about to open it. What fails, the page asks again. */
export function usePrefetch<Data, Given extends Record<string, unknown>>(
  document: TypedDocumentString<Data, Given>,
  variables: Given,
): Intent {
  const client = useClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const ask = () => {
    clearTimeout(timer.current);
    const query = client.query<Data, AnyVariables>(document.toString(), variables, { requestPolicy: "cache-first" });
    void query.toPromise();
  };
  const wait = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(ask, MEANT_MS);
  };
  const forget = useCallback(() => clearTimeout(timer.current), []);
  useEffect(() => forget, [forget]);
  return { onPointerEnter: wait, onPointerLeave: forget, onPointerDown: ask, onFocus: wait, onBlur: forget };
}
