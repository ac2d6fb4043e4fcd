/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation Register($input: RegisterInput!) {\n    register(input: $input) { accessToken refreshToken tokenType user { id username role } userErrors { field code message } }\n  }\n": typeof types.RegisterDocument,
    "\n  mutation Login($input: LoginInput!) { login(input: $input) { accessToken refreshToken user { id } userErrors { code message } } }\n": typeof types.LoginDocument,
    "\n  query Me { me { id username role isActive } }\n": typeof types.MeDocument,
    "\n  query Connectors { connectors { id name capabilities fields { name label isSecret isRequired defaultValue } } }\n": typeof types.ConnectorsDocument,
    "\n  mutation SaveCredential($input: SaveCredentialInput!) {\n    saveCredential(input: $input) {\n      credential {\n        id source project label isDefault status version\n        connector { id }\n        fields { name value isSecret isSet }\n        lastTest { id outcome }\n      }\n      connectionTest { id outcome stage code message details { name value } }\n      userErrors { field code message }\n    }\n  }\n": typeof types.SaveCredentialDocument,
    "\n  mutation RestoreCredentialVersion($input: RestoreCredentialVersionInput!) {\n    restoreCredentialVersion(input: $input) {\n      credential { id status version }\n      connectionTest { outcome code }\n      userErrors { field code message }\n    }\n  }\n": typeof types.RestoreCredentialVersionDocument,
    "\n  mutation MoveCredential($input: MoveCredentialInput!) {\n    moveCredential(input: $input) {\n      credential { id project label version status }\n      userErrors { code }\n    }\n  }\n": typeof types.MoveCredentialDocument,
    "\n  mutation SaveSystemCredential($input: SaveCredentialInput!) {\n    saveSystemCredential(input: $input) { credential { id source owner { id } } userErrors { field code } }\n  }\n": typeof types.SaveSystemCredentialDocument,
    "\n  mutation TestCredential($input: TestCredentialInput!) {\n    testCredential(input: $input) { connectionTest { outcome stage code message } userErrors { field code message } }\n  }\n": typeof types.TestCredentialDocument,
    "\n  mutation RevealCredential($input: RevealCredentialInput!) {\n    revealCredential(input: $input) { credential { id } fields { name value } userErrors { code } }\n  }\n": typeof types.RevealCredentialDocument,
    "\n  mutation DeleteCredential($input: DeleteCredentialInput!) { deleteCredential(input: $input) { deletedId userErrors { code } } }\n": typeof types.DeleteCredentialDocument,
    "\n  query CredentialById($id: ID!) { credential(id: $id) { id status version lastUsedAt versions { version } fields { name value isSet } } }\n": typeof types.CredentialByIdDocument,
    "\n  query Credentials($first: Int, $after: String, $connector: ID, $project: String, $statuses: [CredentialStatus!]) {\n    credentials(first: $first, after: $after, connector: $connector, project: $project, statuses: $statuses) {\n      totalCount\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      nodes {\n        id label project isDefault status source\n        owner { username }\n        connector { id }\n        lastTest { outcome }\n        versions { version }\n        fields { name isSet }\n      }\n    }\n  }\n": typeof types.CredentialsDocument,
    "\n  mutation SyncContacts($input: SyncInput) {\n    syncContactsFromOdoo(input: $input) { success message errors run { id status processed created updated deleted } }\n  }\n": typeof types.SyncContactsDocument,
    "\n  mutation LegacySync { sync_contacts_from_odoo { success message errors } }\n": typeof types.LegacySyncDocument,
    "\n  query Contacts($search: String, $first: Int, $after: String) {\n    contacts(search: $search, first: $first, after: $after) {\n      totalCount\n      pageInfo { hasNextPage endCursor }\n      nodes { id upstreamId name email isCompany isActive }\n    }\n  }\n": typeof types.ContactsDocument,
    "\n  query AuditEvents($action: String, $first: Int) {\n    auditEvents(action: $action, first: $first) { totalCount nodes { action outcome actorType actorId targetType targetId } }\n  }\n": typeof types.AuditEventsDocument,
    "\n  mutation IssueAccessToken($input: IssueAccessTokenInput!) {\n    issueAccessToken(input: $input) { accessToken expiresAt isCached source userErrors { code message } }\n  }\n": typeof types.IssueAccessTokenDocument,
    "\n  mutation CallUpstream($input: CallUpstreamInput!) {\n    callUpstream(input: $input) { source response { status body headers { name value } } userErrors { code message } }\n  }\n": typeof types.CallUpstreamDocument,
    "\n  mutation SetUserActive($id: ID!, $isActive: Boolean!) { setUserActive(id: $id, isActive: $isActive) { user { isActive } } }\n": typeof types.SetUserActiveDocument,
};
const documents: Documents = {
    "\n  mutation Register($input: RegisterInput!) {\n    register(input: $input) { accessToken refreshToken tokenType user { id username role } userErrors { field code message } }\n  }\n": types.RegisterDocument,
    "\n  mutation Login($input: LoginInput!) { login(input: $input) { accessToken refreshToken user { id } userErrors { code message } } }\n": types.LoginDocument,
    "\n  query Me { me { id username role isActive } }\n": types.MeDocument,
    "\n  query Connectors { connectors { id name capabilities fields { name label isSecret isRequired defaultValue } } }\n": types.ConnectorsDocument,
    "\n  mutation SaveCredential($input: SaveCredentialInput!) {\n    saveCredential(input: $input) {\n      credential {\n        id source project label isDefault status version\n        connector { id }\n        fields { name value isSecret isSet }\n        lastTest { id outcome }\n      }\n      connectionTest { id outcome stage code message details { name value } }\n      userErrors { field code message }\n    }\n  }\n": types.SaveCredentialDocument,
    "\n  mutation RestoreCredentialVersion($input: RestoreCredentialVersionInput!) {\n    restoreCredentialVersion(input: $input) {\n      credential { id status version }\n      connectionTest { outcome code }\n      userErrors { field code message }\n    }\n  }\n": types.RestoreCredentialVersionDocument,
    "\n  mutation MoveCredential($input: MoveCredentialInput!) {\n    moveCredential(input: $input) {\n      credential { id project label version status }\n      userErrors { code }\n    }\n  }\n": types.MoveCredentialDocument,
    "\n  mutation SaveSystemCredential($input: SaveCredentialInput!) {\n    saveSystemCredential(input: $input) { credential { id source owner { id } } userErrors { field code } }\n  }\n": types.SaveSystemCredentialDocument,
    "\n  mutation TestCredential($input: TestCredentialInput!) {\n    testCredential(input: $input) { connectionTest { outcome stage code message } userErrors { field code message } }\n  }\n": types.TestCredentialDocument,
    "\n  mutation RevealCredential($input: RevealCredentialInput!) {\n    revealCredential(input: $input) { credential { id } fields { name value } userErrors { code } }\n  }\n": types.RevealCredentialDocument,
    "\n  mutation DeleteCredential($input: DeleteCredentialInput!) { deleteCredential(input: $input) { deletedId userErrors { code } } }\n": types.DeleteCredentialDocument,
    "\n  query CredentialById($id: ID!) { credential(id: $id) { id status version lastUsedAt versions { version } fields { name value isSet } } }\n": types.CredentialByIdDocument,
    "\n  query Credentials($first: Int, $after: String, $connector: ID, $project: String, $statuses: [CredentialStatus!]) {\n    credentials(first: $first, after: $after, connector: $connector, project: $project, statuses: $statuses) {\n      totalCount\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      nodes {\n        id label project isDefault status source\n        owner { username }\n        connector { id }\n        lastTest { outcome }\n        versions { version }\n        fields { name isSet }\n      }\n    }\n  }\n": types.CredentialsDocument,
    "\n  mutation SyncContacts($input: SyncInput) {\n    syncContactsFromOdoo(input: $input) { success message errors run { id status processed created updated deleted } }\n  }\n": types.SyncContactsDocument,
    "\n  mutation LegacySync { sync_contacts_from_odoo { success message errors } }\n": types.LegacySyncDocument,
    "\n  query Contacts($search: String, $first: Int, $after: String) {\n    contacts(search: $search, first: $first, after: $after) {\n      totalCount\n      pageInfo { hasNextPage endCursor }\n      nodes { id upstreamId name email isCompany isActive }\n    }\n  }\n": types.ContactsDocument,
    "\n  query AuditEvents($action: String, $first: Int) {\n    auditEvents(action: $action, first: $first) { totalCount nodes { action outcome actorType actorId targetType targetId } }\n  }\n": types.AuditEventsDocument,
    "\n  mutation IssueAccessToken($input: IssueAccessTokenInput!) {\n    issueAccessToken(input: $input) { accessToken expiresAt isCached source userErrors { code message } }\n  }\n": types.IssueAccessTokenDocument,
    "\n  mutation CallUpstream($input: CallUpstreamInput!) {\n    callUpstream(input: $input) { source response { status body headers { name value } } userErrors { code message } }\n  }\n": types.CallUpstreamDocument,
    "\n  mutation SetUserActive($id: ID!, $isActive: Boolean!) { setUserActive(id: $id, isActive: $isActive) { user { isActive } } }\n": types.SetUserActiveDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Register($input: RegisterInput!) {\n    register(input: $input) { accessToken refreshToken tokenType user { id username role } userErrors { field code message } }\n  }\n"): typeof import('./graphql.ts').RegisterDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Login($input: LoginInput!) { login(input: $input) { accessToken refreshToken user { id } userErrors { code message } } }\n"): typeof import('./graphql.ts').LoginDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Me { me { id username role isActive } }\n"): typeof import('./graphql.ts').MeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Connectors { connectors { id name capabilities fields { name label isSecret isRequired defaultValue } } }\n"): typeof import('./graphql.ts').ConnectorsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SaveCredential($input: SaveCredentialInput!) {\n    saveCredential(input: $input) {\n      credential {\n        id source project label isDefault status version\n        connector { id }\n        fields { name value isSecret isSet }\n        lastTest { id outcome }\n      }\n      connectionTest { id outcome stage code message details { name value } }\n      userErrors { field code message }\n    }\n  }\n"): typeof import('./graphql.ts').SaveCredentialDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RestoreCredentialVersion($input: RestoreCredentialVersionInput!) {\n    restoreCredentialVersion(input: $input) {\n      credential { id status version }\n      connectionTest { outcome code }\n      userErrors { field code message }\n    }\n  }\n"): typeof import('./graphql.ts').RestoreCredentialVersionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MoveCredential($input: MoveCredentialInput!) {\n    moveCredential(input: $input) {\n      credential { id project label version status }\n      userErrors { code }\n    }\n  }\n"): typeof import('./graphql.ts').MoveCredentialDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SaveSystemCredential($input: SaveCredentialInput!) {\n    saveSystemCredential(input: $input) { credential { id source owner { id } } userErrors { field code } }\n  }\n"): typeof import('./graphql.ts').SaveSystemCredentialDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TestCredential($input: TestCredentialInput!) {\n    testCredential(input: $input) { connectionTest { outcome stage code message } userErrors { field code message } }\n  }\n"): typeof import('./graphql.ts').TestCredentialDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevealCredential($input: RevealCredentialInput!) {\n    revealCredential(input: $input) { credential { id } fields { name value } userErrors { code } }\n  }\n"): typeof import('./graphql.ts').RevealCredentialDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteCredential($input: DeleteCredentialInput!) { deleteCredential(input: $input) { deletedId userErrors { code } } }\n"): typeof import('./graphql.ts').DeleteCredentialDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CredentialById($id: ID!) { credential(id: $id) { id status version lastUsedAt versions { version } fields { name value isSet } } }\n"): typeof import('./graphql.ts').CredentialByIdDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Credentials($first: Int, $after: String, $connector: ID, $project: String, $statuses: [CredentialStatus!]) {\n    credentials(first: $first, after: $after, connector: $connector, project: $project, statuses: $statuses) {\n      totalCount\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      nodes {\n        id label project isDefault status source\n        owner { username }\n        connector { id }\n        lastTest { outcome }\n        versions { version }\n        fields { name isSet }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').CredentialsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SyncContacts($input: SyncInput) {\n    syncContactsFromOdoo(input: $input) { success message errors run { id status processed created updated deleted } }\n  }\n"): typeof import('./graphql.ts').SyncContactsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation LegacySync { sync_contacts_from_odoo { success message errors } }\n"): typeof import('./graphql.ts').LegacySyncDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Contacts($search: String, $first: Int, $after: String) {\n    contacts(search: $search, first: $first, after: $after) {\n      totalCount\n      pageInfo { hasNextPage endCursor }\n      nodes { id upstreamId name email isCompany isActive }\n    }\n  }\n"): typeof import('./graphql.ts').ContactsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AuditEvents($action: String, $first: Int) {\n    auditEvents(action: $action, first: $first) { totalCount nodes { action outcome actorType actorId targetType targetId } }\n  }\n"): typeof import('./graphql.ts').AuditEventsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation IssueAccessToken($input: IssueAccessTokenInput!) {\n    issueAccessToken(input: $input) { accessToken expiresAt isCached source userErrors { code message } }\n  }\n"): typeof import('./graphql.ts').IssueAccessTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CallUpstream($input: CallUpstreamInput!) {\n    callUpstream(input: $input) { source response { status body headers { name value } } userErrors { code message } }\n  }\n"): typeof import('./graphql.ts').CallUpstreamDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetUserActive($id: ID!, $isActive: Boolean!) { setUserActive(id: $id, isActive: $isActive) { user { isActive } } }\n"): typeof import('./graphql.ts').SetUserActiveDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
