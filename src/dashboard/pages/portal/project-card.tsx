import type { PortalQuery } from "../../gql/graphql.ts";
import { LinkButton } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Badge } from "../../parts/surface.tsx";
import { Time } from "../../parts/time.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./project-card.module.css";

type Project = PortalQuery["projects"][number];

const words = texts.portal;

/** A project: whether it answers, what it needs from the viewer, and the way into it. */
export function ProjectCard({ project }: { readonly project: Project }) {
  const { name, description, launchUrl, isReachable, healthCheckedAt, missingConnectors } = project;
  return (
    <article className={styles.card} aria-labelledby={`name-${project.id}`}>
      <div className={styles.head}>
        <h2 id={`name-${project.id}`}>{name}</h2>
        <Reachability isReachable={isReachable ?? null} />
      </div>
      {description !== "" && <p className={styles.description}>{description}</p>}
      {missingConnectors.length > 0 ? (
        <Needs project={project} />
      ) : (
        <p className={styles.ready}>
          <Icon name="check" size={16} /> {words.ready}
        </p>
      )}
      <div className={styles.foot}>
        <p className={styles.checked}>
          {healthCheckedAt != null && (
            <>
              {words.checked} <Time value={healthCheckedAt} />
            </>
          )}
        </p>
        {launchUrl != null && (
          <a
            href={launchUrl}
            target="_blank"
            rel="noopener noreferrer"
            className={missingConnectors.length > 0 ? styles.launchQuiet : styles.launch}
            aria-label={words.launchOf(name)}
          >
            {words.launch} <Icon name="external" size={16} />
          </a>
        )}
      </div>
    </article>
  );
}

function Reachability({ isReachable }: { readonly isReachable: boolean | null }) {
  if (isReachable === null)
    return (
      <Badge tone="neutral" icon="clock">
        {words.unknown}
      </Badge>
    );
  return isReachable ? <Badge tone="ok">{words.reachable}</Badge> : <Badge tone="bad">{words.unreachable}</Badge>;
}

/** One click for each thing that is missing: the form of that connector, filled in with what the project asks for. */
function Needs({ project }: { readonly project: Project }) {
  return (
    <div className={styles.needs}>
      <p>{words.needs}</p>
      <ul>
        {project.missingConnectors.map(({ id, name }) => {
          const required = project.requiredConnectors.find(({ connector }) => connector.id === id);
          const query = new URLSearchParams({ connector: id, project: required?.project ?? project.slug });
          return (
            <li key={id}>
              <LinkButton to={`/credentials/new?${query}`} look="primary" size="small" icon="plus">
                {words.add(name)}
              </LinkButton>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
