import { useData } from "../../client/use-data.ts";
import { PortalDocument } from "../../gql/graphql.ts";
import { ButtonRow, LinkButton } from "../../parts/button.tsx";
import { Grid, Loaded, Page } from "../../parts/page.tsx";
import { EmptyState, Skeleton } from "../../parts/surface.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import { ProjectCard } from "./project-card.tsx";

/** The first page: every project, and what each still needs from the viewer. */
export function PortalPage() {
  const portal = useData(PortalDocument, {}, { of: ["Project", "Credential"] });
  return (
    <Page title={texts.portal.title} description={texts.portal.description}>
      <Loaded from={portal} skeleton={<Skeleton rows={3} height="11rem" />}>
        {({ projects }) =>
          projects.length === 0 ? (
            <NoProjects />
          ) : (
            <Grid>
              {projects.map((project) => (
                <ProjectCard key={project.id} project={project} />
              ))}
            </Grid>
          )
        }
      </Loaded>
    </Page>
  );
}

function NoProjects() {
  const { role } = useUser();
  const { emptyTitle, empty, emptyForAdministrators, emptyAction, addProject } = texts.portal;
  const isAdministrator = role === "ADMIN";
  return (
    <EmptyState
      icon="grid"
      title={emptyTitle}
      action={
        <ButtonRow>
          {isAdministrator && (
            <LinkButton to="/admin/projects" look="primary" icon="plus">
              {addProject}
            </LinkButton>
          )}
          <LinkButton to="/credentials/new" {...(isAdministrator ? {} : { look: "primary" })} icon="plus">
            {emptyAction}
          </LinkButton>
        </ButtonRow>
      }
    >
      {isAdministrator ? emptyForAdministrators : empty}
    </EmptyState>
  );
}
