import { graphql } from "./gql/gql.ts";

export const Register = graphql(`
  mutation Register($input: RegisterInput!) {
    register(input: $input) { accessToken refreshToken tokenType user { id username role } userErrors { field code message } }
  }
`);

export const Login = graphql(`
  mutation Login($input: LoginInput!) { login(input: $input) { accessToken refreshToken user { id } userErrors { code message } } }
`);

export const Me = graphql(`
  query Me { me { id username role isActive } }
`);

export const Connectors = graphql(`
  query Connectors { connectors { id name capabilities fields { name label isSecret isRequired defaultValue } } }
`);

export const SaveCredential = graphql(`
  mutation SaveCredential($input: SaveCredentialInput!) {
    saveCredential(input: $input) {
      credential {
        id source project label isDefault status version
        connector { id }
        fields { name value isSecret isSet }
        lastTest { id outcome }
      }
      connectionTest { id outcome stage code message details { name value } }
      userErrors { field code message }
    }
  }
`);

export const RestoreCredentialVersion = graphql(`
  mutation RestoreCredentialVersion($input: RestoreCredentialVersionInput!) {
    restoreCredentialVersion(input: $input) {
      credential { id status version }
      connectionTest { outcome code }
      userErrors { field code message }
    }
  }
`);

export const MoveCredential = graphql(`
  mutation MoveCredential($input: MoveCredentialInput!) {
    moveCredential(input: $input) {
      credential { id project label version status }
      userErrors { code }
    }
  }
`);

export const SaveSystemCredential = graphql(`
  mutation SaveSystemCredential($input: SaveCredentialInput!) {
    saveSystemCredential(input: $input) { credential { id source owner { id } } userErrors { field code } }
  }
`);

export const TestCredential = graphql(`
  mutation TestCredential($input: TestCredentialInput!) {
    testCredential(input: $input) { connectionTest { outcome stage code message } userErrors { field code message } }
  }
`);

export const RevealCredential = graphql(`
  mutation RevealCredential($input: RevealCredentialInput!) {
    revealCredential(input: $input) { credential { id } fields { name value } userErrors { code } }
  }
`);

export const DeleteCredential = graphql(`
  mutation DeleteCredential($input: DeleteCredentialInput!) { deleteCredential(input: $input) { deletedId userErrors { code } } }
`);

export const CredentialById = graphql(`
  query CredentialById($id: ID!) { credential(id: $id) { id status version lastUsedAt versions { version } fields { name value isSet } } }
`);

export const Credentials = graphql(`
  query Credentials($first: Int, $after: String, $connector: ID, $project: String, $statuses: [CredentialStatus!]) {
    credentials(first: $first, after: $after, connector: $connector, project: $project, statuses: $statuses) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage endCursor }
      nodes {
        id label project isDefault status source
        owner { username }
        connector { id }
        lastTest { outcome }
        versions { version }
        fields { name isSet }
      }
    }
  }
`);

export const SyncContacts = graphql(`
  mutation SyncContacts($input: SyncInput) {
    syncContactsFromOdoo(input: $input) { success message errors run { id status processed created updated deleted } }
  }
`);

export const LegacySync = graphql(`
  mutation LegacySync { sync_contacts_from_odoo { success message errors } }
`);

export const Contacts = graphql(`
  query Contacts($search: String, $first: Int, $after: String) {
    contacts(search: $search, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id upstreamId name email isCompany isActive }
    }
  }
`);

export const AuditEvents = graphql(`
  query AuditEvents($action: String, $first: Int) {
    auditEvents(action: $action, first: $first) { totalCount nodes { action outcome actorType actorId targetType targetId } }
  }
`);

export const IssueAccessToken = graphql(`
  mutation IssueAccessToken($input: IssueAccessTokenInput!) {
    issueAccessToken(input: $input) { accessToken expiresAt isCached source userErrors { code message } }
  }
`);

export const CallUpstream = graphql(`
  mutation CallUpstream($input: CallUpstreamInput!) {
    callUpstream(input: $input) { source response { status body headers { name value } } userErrors { code message } }
  }
`);

export const SetUserActive = graphql(`
  mutation SetUserActive($id: ID!, $isActive: Boolean!) { setUserActive(id: $id, isActive: $isActive) { user { isActive } } }
`);
