import { Link, useLocation } from "react-router";
import { useData } from "../client/use-data.ts";
import { AttentionDocument, type NeedingAttentionFragment } from "../gql/graphql.ts";
import { Notice } from "../parts/surface.tsx";
import { useIdle } from "../parts/use-idle.ts";
import { texts } from "../texts/texts.ts";
import styles from "./attention.module.css";

/** No store can look for what cannot be opened, and a missing key shows in many at once: as many as a page has are looked at. */
const LOOKED_AT = 100;
const SHOWN = 3;

/** Credentials that do not do what they are for, until somebody mends them: how many, and the first of them. */
function useBroken(): { readonly count: number; readonly some: readonly NeedingAttentionFragment[] } {
  const { data } = useData(AttentionDocument, { shown: SHOWN, first: LOOKED_AT }, { of: ["Credential"], pause: !useIdle() });
  if (data === undefined) return { count: 0, some: [] };
  const unreadable = data.credentials.nodes.filter(({ status }) => status === "UNREADABLE");
  return { count: data.refused.totalCount + unreadable.length, some: [...data.refused.nodes, ...unreadable] };
}

/** How many credentials are broken, beside their place in the menu; nothing when all is well. */
export function AttentionBadge() {
  const { count } = useBroken();
  if (count === 0) return null;
  const label = texts.navigation.needsAttention(count);
  return (
    <span className={styles.badge} title={label}>
      <span aria-hidden="true">{count}</span>
      <span className="visually-hidden">, {label}</span>
    </span>
  );
}

/** On every page but the credentials' own: which credentials are broken, each with the way to mend it. */
export function AttentionBanner() {
  const { count, some } = useBroken();
  const { pathname } = useLocation();
  if (count === 0 || pathname.startsWith("/credentials")) return null;
  return (
    <div className={styles.banner}>
      <Notice tone="bad" title={texts.navigation.needsAttention(count)}>
        <ul className={styles.list}>
          {some.slice(0, SHOWN).map(({ id, label, connector }) => (
            <li key={id}>
              <Link to={`/credentials/${id}`}>{texts.credentials.mend(connector.name, label)}</Link>
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}
