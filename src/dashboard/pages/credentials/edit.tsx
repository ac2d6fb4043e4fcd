import { Link, useNavigate, useParams } from "react-router";
import { useData } from "../../client/use-data.ts";
import { CredentialByIdDocument, type CredentialByIdQuery } from "../../gql/graphql.ts";
import { Loaded, Page } from "../../parts/page.tsx";
import { Skeleton } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";
import { CredentialForm } from "./credential-form.tsx";
import { NoSuchCredential } from "./no-such-credential.tsx";

const words = texts.credentials;

type Credential = NonNullable<CredentialByIdQuery["credential"]>;

/** Changing a credential; secrets stay as they are unless something is typed. */
export function EditCredentialPage() {
  const { id = "" } = useParams();
  const navigate = useNavigate();
  const loaded = useData(CredentialByIdDocument, { id });
  const credential = loaded.data?.credential;
  return (
    <Page
      title={credential == null ? words.title : words.editTitle(credential.connector.name, credential.label)}
      back={
        <Link to={`/credentials/${id}`}>
          {credential == null ? words.toList : `${credential.connector.name} · ${credential.label}`}
        </Link>
      }
    >
      <Loaded from={loaded} skeleton={<Skeleton rows={1} height="20rem" />}>
        {({ credential }) =>
          credential == null ? (
            <NoSuchCredential />
          ) : (
            <CredentialForm
              key={id}
              connector={credential.connector}
              stored={storedOf(credential)}
              isSystemDefault={credential.source === "SYSTEM"}
              onSaved={() => void navigate(`/credentials/${id}`)}
            />
          )
        }
      </Loaded>
    </Page>
  );
}

function storedOf({ id, version, project, label, isDefault, fields }: Credential) {
  const readable = fields.filter(({ isSecret, value }) => !isSecret && value != null);
  return {
    id,
    version,
    project,
    label,
    isDefault,
    values: Object.fromEntries(readable.map(({ name, value }) => [name, value ?? ""])),
    secretNames: fields.filter(({ isSecret, isSet }) => isSecret && isSet).map(({ name }) => name),
  };
}
