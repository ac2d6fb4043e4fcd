/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** One call to the upstream with the credential injected; the caller never sees the secret. */
export type CallUpstreamInput = {
  body?: string | null | undefined;
  credential: CredentialSelector;
  /** Credentials and forwarding headers among them are not passed on. */
  headers?: Array<HeaderInput> | null | undefined;
  method?: HttpMethod | null | undefined;
  /** Below the credential's base URL, with the query behind `?`. */
  path: string;
};

/** What the upstream, or the way to it, decided against us. */
export type ConnectionErrorCode =
  | 'BLOCKED_ADDRESS'
  | 'CREDENTIAL_REJECTED'
  | 'INVALID_FIELDS'
  | 'PERMISSION_MISSING'
  | 'RATE_LIMITED'
  | 'TIMEOUT'
  | 'UNEXPECTED_RESPONSE'
  | 'UNREACHABLE';

/** The stages of a connection test, in order. */
export type ConnectionStage =
  | 'AUTHENTICATE'
  | 'AUTHORIZE'
  | 'CONNECT'
  | 'READ'
  | 'RESOLVE'
  | 'TLS'
  | 'VALIDATE';

export type ConnectionTestOutcome =
  | 'FAILED'
  | 'PASSED';

/** What Postern can do with an upstream. */
export type ConnectorCapability =
  | 'ACCESS_TOKEN'
  | 'CALL'
  | 'SYNC_CONTACTS'
  | 'SYNC_PRODUCTS'
  | 'TEST';

/** A field of the connector and its value; null takes the value away. */
export type CredentialFieldInput = {
  name: string;
  value?: string | null | undefined;
};

/** A stored credential by id; or the one that a caller means: own by default, another user's for a service token that may. */
export type CredentialSelector = {
  connector?: string | number | null | undefined;
  id?: string | number | null | undefined;
  label?: string | null | undefined;
  project?: string | null | undefined;
  username?: string | null | undefined;
};

/** Whose credential it is: the viewer's own, or the system default that a user without one falls back to. */
export type CredentialSource =
  | 'SYSTEM'
  | 'USER';

export type CredentialStatus =
  | 'EXPIRED'
  | 'INVALID'
  | 'UNREACHABLE'
  /** The stored secret cannot be opened: it was changed, moved, or its key is missing. */
  | 'UNREADABLE'
  | 'UNTESTED'
  | 'VALID';

export type DeleteCredentialInput = {
  id: string | number;
};

export type HeaderInput = {
  name: string;
  value: string;
};

export type HttpMethod =
  | 'DELETE'
  | 'GET'
  | 'PATCH'
  | 'POST'
  | 'PUT';

export type IssueAccessTokenInput = {
  credential: CredentialSelector;
  /** Log in anew, whatever is cached. */
  forceRefresh?: boolean | null | undefined;
};

export type LoginInput = {
  /** For who has a second factor: the code of their authenticator app, or a recovery code. Without one the answer is the error SECOND_FACTOR_REQUIRED with the field `code`. */
  code?: string | null | undefined;
  password: string;
  username: string;
};

/** Another project or label for a credential; what is left out, or null, stays as it is. */
export type MoveCredentialInput = {
  id: string | number;
  label?: string | null | undefined;
  project?: string | null | undefined;
};

export type RegisterInput = {
  email?: string | null | undefined;
  /** 8 to 1,024 bytes, taken exactly as typed. */
  password: string;
  /** 1 to 64 characters. */
  username: string;
};

/** One of the versions that are kept of a credential, whose values come back as the newest one. */
export type RestoreCredentialVersionInput = {
  id: string | number;
  /** Test before saving; what fails the test is not saved. False saves untested. */
  test?: boolean | null | undefined;
  version: number;
};

export type RevealCredentialInput = {
  credential: CredentialSelector;
};

/** What a user may do: ADMIN everything, USER what is their own. */
export type Role =
  | 'ADMIN'
  | 'USER';

/** Creates the credential, or replaces the fields given of the one with the same owner, connector, project and label. A field left out keeps its value. */
export type SaveCredentialInput = {
  connector: string | number;
  fields: Array<CredentialFieldInput>;
  /** Left out: as it is; the first of a connector becomes the default. */
  isDefault?: boolean | null | undefined;
  label?: string | null | undefined;
  project?: string | null | undefined;
  /** What must be there: the credential with this id, or none when null. Left out: either will do. */
  replaces?: string | number | null | undefined;
  /** The version that must be in use of the credential that is replaced. Left out: whichever is. */
  replacesVersion?: number | null | undefined;
  /** Test before saving; what fails the test is not saved. False saves untested. */
  test?: boolean | null | undefined;
};

export type SyncInput = {
  /** Answer as soon as the run is queued instead of when it ends. */
  background?: boolean | null | undefined;
  /** The caller's default Odoo credential when left out. */
  credential?: CredentialSelector | null | undefined;
  /** Read everything again instead of what changed since the last run. Also accepts that most of the rows are gone, which other runs refuse. */
  full?: boolean | null | undefined;
};

/** Queued and running runs are open; the others have ended. */
export type SyncStatus =
  | 'CANCELLED'
  | 'FAILED'
  | 'QUEUED'
  | 'RUNNING'
  | 'SUCCEEDED';

/** Either a stored credential, or a connector with fields that are tried and never stored. */
export type TestCredentialInput = {
  connector?: string | number | null | undefined;
  credential?: CredentialSelector | null | undefined;
  fields?: Array<CredentialFieldInput> | null | undefined;
};

export type RegisterMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type RegisterMutation = { register: { accessToken: string | null, refreshToken: string | null, tokenType: string | null, user: { id: string, username: string, role: Role } | null, userErrors: Array<{ field: string | null, code: string, message: string }> } | null };

export type LoginMutationVariables = Exact<{
  input: LoginInput;
}>;


export type LoginMutation = { login: { accessToken: string | null, refreshToken: string | null, user: { id: string } | null, userErrors: Array<{ code: string, message: string }> } | null };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { id: string, username: string, role: Role, isActive: boolean } | null };

export type ConnectorsQueryVariables = Exact<{ [key: string]: never; }>;


export type ConnectorsQuery = { connectors: Array<{ id: string, name: string, capabilities: Array<ConnectorCapability>, fields: Array<{ name: string, label: string, isSecret: boolean, isRequired: boolean, defaultValue: string | null }> }> };

export type SaveCredentialMutationVariables = Exact<{
  input: SaveCredentialInput;
}>;


export type SaveCredentialMutation = { saveCredential: { credential: { id: string, source: CredentialSource, project: string, label: string, isDefault: boolean, status: CredentialStatus, version: number, connector: { id: string }, fields: Array<{ name: string, value: string | null, isSecret: boolean, isSet: boolean }>, lastTest: { id: string, outcome: ConnectionTestOutcome } | null } | null, connectionTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, code: ConnectionErrorCode | null, message: string, details: Array<{ name: string, value: string }> } | null, userErrors: Array<{ field: string | null, code: string, message: string }> } | null };

export type RestoreCredentialVersionMutationVariables = Exact<{
  input: RestoreCredentialVersionInput;
}>;


export type RestoreCredentialVersionMutation = { restoreCredentialVersion: { credential: { id: string, status: CredentialStatus, version: number } | null, connectionTest: { outcome: ConnectionTestOutcome, code: ConnectionErrorCode | null } | null, userErrors: Array<{ field: string | null, code: string, message: string }> } | null };

export type MoveCredentialMutationVariables = Exact<{
  input: MoveCredentialInput;
}>;


export type MoveCredentialMutation = { moveCredential: { credential: { id: string, project: string, label: string, version: number, status: CredentialStatus } | null, userErrors: Array<{ code: string }> } | null };

export type SaveSystemCredentialMutationVariables = Exact<{
  input: SaveCredentialInput;
}>;


export type SaveSystemCredentialMutation = { saveSystemCredential: { credential: { id: string, source: CredentialSource, owner: { id: string } | null } | null, userErrors: Array<{ field: string | null, code: string }> } | null };

export type TestCredentialMutationVariables = Exact<{
  input: TestCredentialInput;
}>;


export type TestCredentialMutation = { testCredential: { connectionTest: { outcome: ConnectionTestOutcome, stage: ConnectionStage, code: ConnectionErrorCode | null, message: string } | null, userErrors: Array<{ field: string | null, code: string, message: string }> } | null };

export type RevealCredentialMutationVariables = Exact<{
  input: RevealCredentialInput;
}>;


export type RevealCredentialMutation = { revealCredential: { credential: { id: string } | null, fields: Array<{ name: string, value: string }> | null, userErrors: Array<{ code: string }> } | null };

export type DeleteCredentialMutationVariables = Exact<{
  input: DeleteCredentialInput;
}>;


export type DeleteCredentialMutation = { deleteCredential: { deletedId: string | null, userErrors: Array<{ code: string }> } | null };

export type CredentialByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type CredentialByIdQuery = { credential: { id: string, status: CredentialStatus, version: number, lastUsedAt: string | null, versions: Array<{ version: number }>, fields: Array<{ name: string, value: string | null, isSet: boolean }> } | null };

export type CredentialsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  connector?: string | number | null | undefined;
  project?: string | null | undefined;
  statuses?: Array<CredentialStatus> | CredentialStatus | null | undefined;
}>;


export type CredentialsQuery = { credentials: { totalCount: number, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, label: string, project: string, isDefault: boolean, status: CredentialStatus, source: CredentialSource, owner: { username: string } | null, connector: { id: string }, lastTest: { outcome: ConnectionTestOutcome } | null, versions: Array<{ version: number }>, fields: Array<{ name: string, isSet: boolean }> }> } };

export type SyncContactsMutationVariables = Exact<{
  input?: SyncInput | null | undefined;
}>;


export type SyncContactsMutation = { syncContactsFromOdoo: { success: boolean, message: string, errors: Array<string>, run: { id: string, status: SyncStatus, processed: number, created: number, updated: number, deleted: number } | null } };

export type LegacySyncMutationVariables = Exact<{ [key: string]: never; }>;


export type LegacySyncMutation = { sync_contacts_from_odoo: { success: boolean, message: string, errors: Array<string> } };

export type ContactsQueryVariables = Exact<{
  search?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ContactsQuery = { contacts: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, upstreamId: number, name: string, email: string | null, isCompany: boolean, isActive: boolean }> } };

export type AuditEventsQueryVariables = Exact<{
  action?: string | null | undefined;
  first?: number | null | undefined;
}>;


export type AuditEventsQuery = { auditEvents: { totalCount: number, nodes: Array<{ action: string, outcome: string, actorType: string, actorId: string | null, targetType: string | null, targetId: string | null }> } };

export type IssueAccessTokenMutationVariables = Exact<{
  input: IssueAccessTokenInput;
}>;


export type IssueAccessTokenMutation = { issueAccessToken: { accessToken: string | null, expiresAt: string | null, isCached: boolean | null, source: CredentialSource | null, userErrors: Array<{ code: string, message: string }> } | null };

export type CallUpstreamMutationVariables = Exact<{
  input: CallUpstreamInput;
}>;


export type CallUpstreamMutation = { callUpstream: { source: CredentialSource | null, response: { status: number, body: string, headers: Array<{ name: string, value: string }> } | null, userErrors: Array<{ code: string, message: string }> } | null };

export type SetUserActiveMutationVariables = Exact<{
  id: string | number;
  isActive: boolean;
}>;


export type SetUserActiveMutation = { setUserActive: { user: { isActive: boolean } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const RegisterDocument = new TypedDocumentString(`
    mutation Register($input: RegisterInput!) {
  register(input: $input) {
    accessToken
    refreshToken
    tokenType
    user {
      id
      username
      role
    }
    userErrors {
      field
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RegisterMutation, RegisterMutationVariables>;
export const LoginDocument = new TypedDocumentString(`
    mutation Login($input: LoginInput!) {
  login(input: $input) {
    accessToken
    refreshToken
    user {
      id
    }
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<LoginMutation, LoginMutationVariables>;
export const MeDocument = new TypedDocumentString(`
    query Me {
  me {
    id
    username
    role
    isActive
  }
}
    `) as unknown as TypedDocumentString<MeQuery, MeQueryVariables>;
export const ConnectorsDocument = new TypedDocumentString(`
    query Connectors {
  connectors {
    id
    name
    capabilities
    fields {
      name
      label
      isSecret
      isRequired
      defaultValue
    }
  }
}
    `) as unknown as TypedDocumentString<ConnectorsQuery, ConnectorsQueryVariables>;
export const SaveCredentialDocument = new TypedDocumentString(`
    mutation SaveCredential($input: SaveCredentialInput!) {
  saveCredential(input: $input) {
    credential {
      id
      source
      project
      label
      isDefault
      status
      version
      connector {
        id
      }
      fields {
        name
        value
        isSecret
        isSet
      }
      lastTest {
        id
        outcome
      }
    }
    connectionTest {
      id
      outcome
      stage
      code
      message
      details {
        name
        value
      }
    }
    userErrors {
      field
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SaveCredentialMutation, SaveCredentialMutationVariables>;
export const RestoreCredentialVersionDocument = new TypedDocumentString(`
    mutation RestoreCredentialVersion($input: RestoreCredentialVersionInput!) {
  restoreCredentialVersion(input: $input) {
    credential {
      id
      status
      version
    }
    connectionTest {
      outcome
      code
    }
    userErrors {
      field
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RestoreCredentialVersionMutation, RestoreCredentialVersionMutationVariables>;
export const MoveCredentialDocument = new TypedDocumentString(`
    mutation MoveCredential($input: MoveCredentialInput!) {
  moveCredential(input: $input) {
    credential {
      id
      project
      label
      version
      status
    }
    userErrors {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<MoveCredentialMutation, MoveCredentialMutationVariables>;
export const SaveSystemCredentialDocument = new TypedDocumentString(`
    mutation SaveSystemCredential($input: SaveCredentialInput!) {
  saveSystemCredential(input: $input) {
    credential {
      id
      source
      owner {
        id
      }
    }
    userErrors {
      field
      code
    }
  }
}
    `) as unknown as TypedDocumentString<SaveSystemCredentialMutation, SaveSystemCredentialMutationVariables>;
export const TestCredentialDocument = new TypedDocumentString(`
    mutation TestCredential($input: TestCredentialInput!) {
  testCredential(input: $input) {
    connectionTest {
      outcome
      stage
      code
      message
    }
    userErrors {
      field
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<TestCredentialMutation, TestCredentialMutationVariables>;
export const RevealCredentialDocument = new TypedDocumentString(`
    mutation RevealCredential($input: RevealCredentialInput!) {
  revealCredential(input: $input) {
    credential {
      id
    }
    fields {
      name
      value
    }
    userErrors {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<RevealCredentialMutation, RevealCredentialMutationVariables>;
export const DeleteCredentialDocument = new TypedDocumentString(`
    mutation DeleteCredential($input: DeleteCredentialInput!) {
  deleteCredential(input: $input) {
    deletedId
    userErrors {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteCredentialMutation, DeleteCredentialMutationVariables>;
export const CredentialByIdDocument = new TypedDocumentString(`
    query CredentialById($id: ID!) {
  credential(id: $id) {
    id
    status
    version
    lastUsedAt
    versions {
      version
    }
    fields {
      name
      value
      isSet
    }
  }
}
    `) as unknown as TypedDocumentString<CredentialByIdQuery, CredentialByIdQueryVariables>;
export const CredentialsDocument = new TypedDocumentString(`
    query Credentials($first: Int, $after: String, $connector: ID, $project: String, $statuses: [CredentialStatus!]) {
  credentials(
    first: $first
    after: $after
    connector: $connector
    project: $project
    statuses: $statuses
  ) {
    totalCount
    pageInfo {
      hasNextPage
      hasPreviousPage
      endCursor
    }
    nodes {
      id
      label
      project
      isDefault
      status
      source
      owner {
        username
      }
      connector {
        id
      }
      lastTest {
        outcome
      }
      versions {
        version
      }
      fields {
        name
        isSet
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CredentialsQuery, CredentialsQueryVariables>;
export const SyncContactsDocument = new TypedDocumentString(`
    mutation SyncContacts($input: SyncInput) {
  syncContactsFromOdoo(input: $input) {
    success
    message
    errors
    run {
      id
      status
      processed
      created
      updated
      deleted
    }
  }
}
    `) as unknown as TypedDocumentString<SyncContactsMutation, SyncContactsMutationVariables>;
export const LegacySyncDocument = new TypedDocumentString(`
    mutation LegacySync {
  sync_contacts_from_odoo {
    success
    message
    errors
  }
}
    `) as unknown as TypedDocumentString<LegacySyncMutation, LegacySyncMutationVariables>;
export const ContactsDocument = new TypedDocumentString(`
    query Contacts($search: String, $first: Int, $after: String) {
  contacts(search: $search, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      upstreamId
      name
      email
      isCompany
      isActive
    }
  }
}
    `) as unknown as TypedDocumentString<ContactsQuery, ContactsQueryVariables>;
export const AuditEventsDocument = new TypedDocumentString(`
    query AuditEvents($action: String, $first: Int) {
  auditEvents(action: $action, first: $first) {
    totalCount
    nodes {
      action
      outcome
      actorType
      actorId
      targetType
      targetId
    }
  }
}
    `) as unknown as TypedDocumentString<AuditEventsQuery, AuditEventsQueryVariables>;
export const IssueAccessTokenDocument = new TypedDocumentString(`
    mutation IssueAccessToken($input: IssueAccessTokenInput!) {
  issueAccessToken(input: $input) {
    accessToken
    expiresAt
    isCached
    source
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<IssueAccessTokenMutation, IssueAccessTokenMutationVariables>;
export const CallUpstreamDocument = new TypedDocumentString(`
    mutation CallUpstream($input: CallUpstreamInput!) {
  callUpstream(input: $input) {
    source
    response {
      status
      body
      headers {
        name
        value
      }
    }
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CallUpstreamMutation, CallUpstreamMutationVariables>;
export const SetUserActiveDocument = new TypedDocumentString(`
    mutation SetUserActive($id: ID!, $isActive: Boolean!) {
  setUserActive(id: $id, isActive: $isActive) {
    user {
      isActive
    }
  }
}
    `) as unknown as TypedDocumentString<SetUserActiveMutation, SetUserActiveMutationVariables>;