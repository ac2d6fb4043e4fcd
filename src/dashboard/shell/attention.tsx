import { Link, useLocation } from "react-router";
import { useData } from "../client/use-data.ts";
import { AttentionDocument, type CredentialStatus } from "../gql/graphql.ts";
import { Notice } from "../parts/surface.tsx";
import { useIdle } from "../parts/use-idle.ts";
import { texts } from "../texts/texts.ts";
import styles from "./attention.module.css";

/** States in which a credential does not do what it is for, until somebody mends it. */
const BROKEN: ReadonlySet<CredentialStatus> = new Set(["EXPIRED", "INVALID", "UNREADABLE"]);

function useBroken() {
  const { data } = useData(AttentionDocument, { first: 100 }, { of: ["Credential"], pause: !useIdle() });
  return data?.credentials.nodes.filter(({ status }) => BROKEN.has(status)) ?? [];
}

/** How many credentials are broken, beside their place in the menu; nothing when all is well. */
export function AttentionBadge() {
  const broken = useBroken().length;
  if (broken === 0) return null;
  const label = texts.navigation.needsAttention(broken);
  return (
    <span className={styles.badge} title={label}>
      <span aria-hidden="true">{broken}</span>
      <span className="visually-hidden">, {label}</span>
    </span>
  );
}

/** On every page but the credentials' own: which credentials are broken, each with the way to mend it. */
export function AttentionBanner() {
  const broken = useBroken();
  const { pathname } = useLocation();
  if (broken.length === 0 || pathname.startsWith("/credentials")) return null;
  return (
    <div className={styles.banner}>
      <Notice tone="bad" title={texts.navigation.needsAttention(broken.length)}>
        <ul className={styles.list}>
          {broken.slice(0, 3).map(({ id, label, connector }) => (
            <li key={id}>
              <Link to={`/credentials/${id}`}>{texts.credentials.mend(connector.name, label)}</Link>
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}
