import { Link, useNavigate, useSearchParams } from "react-router";
import { useData } from "../../client/use-data.ts";
import { ConnectorsDocument, type ConnectorsQuery, type CredentialSource, CredentialsForDocument } from "../../gql/graphql.ts";
import { LinkButton } from "../../parts/button.tsx";
import { Grid, Loaded, Page, Stack } from "../../parts/page.tsx";
import { Notice, Skeleton } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";
import { CredentialForm } from "./credential-form.tsx";
import styles from "./credentials.module.css";
import { FIRST_LABEL } from "./use-credential-form.ts";

const words = texts.credentials;
const SYSTEM = "system";

/** Adding a credential: first the system, unless the address names it, then its form. */
export function NewCredentialPage() {
  const connectors = useData(ConnectorsDocument, {});
  const [search] = useSearchParams();
  const id = search.get("connector");
  const isSystemDefault = search.get("owner") === SYSTEM;
  const chosen = connectors.data?.connectors.find((connector) => connector.id === id);
  return (
    <Page
      title={chosen === undefined ? words.newTitle : words.newTitleOf(chosen.name)}
      description={isSystemDefault ? words.newForEverybody : (chosen?.description ?? words.newDescription)}
      back={
        isSystemDefault ? (
          <Link to="/admin/system">{texts.admin.system.title}</Link>
        ) : (
          <Link to="/credentials">{words.toList}</Link>
        )
      }
      actions={
        chosen !== undefined && (
          <LinkButton to={isSystemDefault ? `/credentials/new?owner=${SYSTEM}` : "/credentials/new"} icon="back">
            {words.otherConnector}
          </LinkButton>
        )
      }
    >
      <Loaded from={connectors} skeleton={<Skeleton rows={3} height="6rem" />}>
        {(data) =>
          chosen === undefined ? (
            <Choices connectors={data.connectors} isUnknown={id !== null} />
          ) : (
            <NewForm key={chosen.id} connector={chosen} project={search.get("project") ?? ""} isSystemDefault={isSystemDefault} />
          )
        }
      </Loaded>
    </Page>
  );
}

function NewForm({
  connector,
  project,
  isSystemDefault,
}: {
  readonly connector: ConnectorsQuery["connectors"][number];
  readonly project: string;
  readonly isSystemDefault: boolean;
}) {
  const navigate = useNavigate();
  return (
    <Stack>
      <Existing connector={connector.id} project={project} source={isSystemDefault ? "SYSTEM" : "USER"} />
      <CredentialForm
        connector={connector}
        project={project}
        isSystemDefault={isSystemDefault}
        onSaved={({ id }) => void navigate(`/credentials/${id}`)}
      />
    </Stack>
  );
}

/** Before anything is typed: that the place which the form begins with is taken, and the way to what is there. */
function Existing({
  connector,
  project,
  source,
}: {
  readonly connector: string;
  readonly project: string;
  readonly source: CredentialSource;
}) {
  const { data } = useData(CredentialsForDocument, { connector, project }, { of: ["Credential"] });
  const found = data?.credentials.nodes.find((credential) => credential.label === FIRST_LABEL && credential.source === source);
  if (found === undefined) return null;
  const { existsTitle, existsHelp, editExisting } = words.form;
  return (
    <Notice
      tone="info"
      title={existsTitle}
      action={
        <LinkButton to={`/credentials/${found.id}/edit`} size="small" icon="edit">
          {editExisting}
        </LinkButton>
      }
    >
      {existsHelp}
    </Notice>
  );
}

function Choices({ connectors, isUnknown }: { readonly connectors: ConnectorsQuery["connectors"]; readonly isUnknown: boolean }) {
  const [search] = useSearchParams();
  const kept = ["project", "owner"].flatMap((name) => [...(search.has(name) ? [[name, search.get(name) ?? ""]] : [])]);
  return (
    <Stack>
      {isUnknown && <Notice tone="warn">{words.noConnector}</Notice>}
      <Grid min="16rem">
        {connectors.map(({ id, name, description }) => {
          const query = new URLSearchParams([["connector", id], ...kept]);
          return (
            <Link key={id} to={`/credentials/new?${query}`} className={styles.choice}>
              <strong>{name}</strong>
              <span>{description}</span>
            </Link>
          );
        })}
      </Grid>
    </Stack>
  );
}
