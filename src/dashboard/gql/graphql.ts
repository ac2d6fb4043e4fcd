/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Hours and days of UTC. */
export type AuditInterval =
  | 'DAY'
  | 'HOUR';

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

export type CreateServiceTokenInput = {
  /** Ids of connectors; left out or empty: all. */
  connectors?: Array<string> | null | undefined;
  /** Left out: in `SERVICE_TOKEN_DAYS`, 90 days from now at first. */
  expiresAt?: string | null | undefined;
  name: string;
  /** One or more; an unknown one is refused with the list of those there are. */
  permissions: Array<string>;
  /** Left out or empty: all. */
  projects?: Array<string> | null | undefined;
  /** User names; left out or empty: all. */
  users?: Array<string> | null | undefined;
};

export type CreateUserInput = {
  email?: string | null | undefined;
  /** A random one when left out. */
  password?: string | null | undefined;
  /** USER when left out. */
  role?: Role | null | undefined;
  /** 1 to 64 characters. */
  username: string;
};

/** A field of the connector and its value; null takes the value away. */
export type CredentialFieldInput = {
  name: string;
  value?: string | null | undefined;
};

/** A stored credential by id; or the one that a caller means: own by default, another user's for a service token that may. */
export type CredentialSelector = {
  connector?: string | null | undefined;
  id?: string | null | undefined;
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

/** A shared secret, or the public keys at an address. */
export type IssuerProof =
  | 'KEY_SET'
  | 'SECRET';

export type LoginInput = {
  /** For who has a second factor: the code of their authenticator app, or a recovery code. Without one the answer is the error SECOND_FACTOR_REQUIRED with the field `code`. */
  code?: string | null | undefined;
  password: string;
  username: string;
};

/** Another project or label for a credential; what is left out, or null, stays as it is. */
export type MoveCredentialInput = {
  id: string;
  label?: string | null | undefined;
  project?: string | null | undefined;
};

/** Where the project was written down: in PROJECTS_FILE, which alone can change it then, or over the API. */
export type ProjectSource =
  | 'API'
  | 'FILE';

export type RegisterInput = {
  email?: string | null | undefined;
  /** 8 to 1,024 bytes, taken exactly as typed. */
  password: string;
  /** 1 to 64 characters. */
  username: string;
};

/** A connector that a project needs. */
export type RequiredConnectorInput = {
  connector: string;
  /** The project that the credential must be for; left out, the project's own slug or none. */
  project?: string | null | undefined;
};

/** What a user has to do to their account before they may do anything else. */
export type RequiredStep =
  | 'CHANGE_PASSWORD'
  | 'SET_UP_SECOND_FACTOR';

/** What a user may do: ADMIN everything, USER what is their own. */
export type Role =
  | 'ADMIN'
  | 'USER';

/** By the upstream's ids, by name without case and accents, or by the last change there. */
export type RowSort =
  | 'ID'
  | 'NAME'
  | 'UPDATED';

/** Creates the credential, or replaces the fields given of the one with the same owner, connector, project and label. A field left out keeps its value. */
export type SaveCredentialInput = {
  connector: string;
  fields: Array<CredentialFieldInput>;
  /** Left out: as it is; the first of a connector becomes the default. */
  isDefault?: boolean | null | undefined;
  label?: string | null | undefined;
  project?: string | null | undefined;
  /** What must be there: the credential with this id, or none when null. Left out: either will do. */
  replaces?: string | null | undefined;
  /** The version that must be in use of the credential that is replaced. Left out: whichever is. */
  replacesVersion?: number | null | undefined;
  /** Test before saving; what fails the test is not saved. False saves untested. */
  test?: boolean | null | undefined;
};

/** Creates the project, or replaces the fields given of the one with the same slug. A field left out keeps its value. */
export type SaveProjectInput = {
  description?: string | null | undefined;
  /** Asked by GET whether the project is there: 2xx or 3xx say yes. */
  healthUrl?: string | null | undefined;
  /** True takes it from the portal and keeps it stored. */
  isArchived?: boolean | null | undefined;
  /** http or https; `{username}` stands for the viewer's name. */
  launchUrl?: string | null | undefined;
  /** Needed for a new project. */
  name?: string | null | undefined;
  /** What must be there: the project with this id, or none when null. Left out: either will do. */
  replaces?: string | null | undefined;
  requiredConnectors?: Array<RequiredConnectorInput> | null | undefined;
  slug: string;
  /** Smaller ones come first. */
  sortOrder?: number | null | undefined;
};

export type SortDirection =
  | 'ASC'
  | 'DESC';

export type SyncInput = {
  /** Answer as soon as the run is queued instead of when it ends. */
  background?: boolean | null | undefined;
  /** The caller's default Odoo credential when left out. */
  credential?: CredentialSelector | null | undefined;
  /** Read everything again instead of what changed since the last run. Also accepts that most of the rows are gone, which other runs refuse. */
  full?: boolean | null | undefined;
};

/** What can be synced. */
export type SyncResource =
  | 'CONTACTS'
  | 'PRODUCTS';

/** Queued and running runs are open; the others have ended. */
export type SyncStatus =
  | 'CANCELLED'
  | 'FAILED'
  | 'QUEUED'
  | 'RUNNING'
  | 'SUCCEEDED';

export type AccountQueryVariables = Exact<{ [key: string]: never; }>;


export type AccountQuery = { me: { id: string, username: string, email: string | null, role: Role, createdAt: string } | null, secondFactor: { enabledAt: string | null, recoveryCodesLeft: number, isRequired: boolean }, sessions: Array<{ id: string, ip: string | null, userAgent: string | null, isCurrent: boolean, createdAt: string, lastUsedAt: string }> };

export type ChangePasswordMutationVariables = Exact<{
  currentPassword: string;
  newPassword: string;
  code?: string | null | undefined;
}>;


export type ChangePasswordMutation = { changePassword: { userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type EndSessionMutationVariables = Exact<{
  id: string;
}>;


export type EndSessionMutation = { endSession: { endedId: string | null, userErrors: Array<{ code: string, message: string }> } | null };

export type EndOtherSessionsMutationVariables = Exact<{ [key: string]: never; }>;


export type EndOtherSessionsMutation = { endOtherSessions: { endedCount: number, userErrors: Array<{ code: string, message: string }> } | null };

export type StartSecondFactorMutationVariables = Exact<{ [key: string]: never; }>;


export type StartSecondFactorMutation = { startSecondFactor: { secret: string | null, keyUri: string | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type EnableSecondFactorMutationVariables = Exact<{
  code: string;
}>;


export type EnableSecondFactorMutation = { enableSecondFactor: { recoveryCodes: Array<string> | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type DisableSecondFactorMutationVariables = Exact<{
  password: string;
  code: string;
}>;


export type DisableSecondFactorMutation = { disableSecondFactor: { userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type RenewRecoveryCodesMutationVariables = Exact<{
  password: string;
  code: string;
}>;


export type RenewRecoveryCodesMutation = { renewRecoveryCodes: { recoveryCodes: Array<string> | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type ActivityQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  actions?: Array<string> | string | null | undefined;
  from?: string | null | undefined;
  actorId?: string | null | undefined;
  targetId?: string | null | undefined;
}>;


export type ActivityQuery = { auditEvents: { totalCount: number, nodes: Array<{ id: string, action: string, actorId: string | null, actorType: string, outcome: string, targetId: string | null, targetType: string | null, ip: string | null, correlationId: string | null, createdAt: string, details: Array<{ name: string, value: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type NamesOfQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type NamesOfQuery = { nodes: Array<
    | { __typename: 'AuditEvent', id: string }
    | { __typename: 'ConnectionTest', id: string }
    | { __typename: 'Contact', id: string }
    | { __typename: 'Credential', label: string, id: string, connector: { id: string, name: string } }
    | { __typename: 'Product', id: string }
    | { __typename: 'Project', name: string, id: string }
    | { __typename: 'ServiceToken', name: string, id: string }
    | { __typename: 'Session', id: string }
    | { __typename: 'SyncRun', id: string }
    | { __typename: 'User', username: string, id: string }
  > };

export type AuditChainsQueryVariables = Exact<{ [key: string]: never; }>;


export type AuditChainsQuery = { auditChains: Array<{ id: string, sequence: number, cutSequence: number, signedSequence: number, signedAt: string | null, isEnded: boolean }> };

export type VerificationFragment = { checkedEvents: number, totalEvents: number, faultCount: number, isWhole: boolean | null, startedAt: string, finishedAt: string | null, faults: Array<{ chainId: string, eventId: string | null, kind: string, sequence: number }> };

export type LastVerificationQueryVariables = Exact<{ [key: string]: never; }>;


export type LastVerificationQuery = { auditVerification: { checkedEvents: number, totalEvents: number, faultCount: number, isWhole: boolean | null, startedAt: string, finishedAt: string | null, faults: Array<{ chainId: string, eventId: string | null, kind: string, sequence: number }> } | null };

export type VerifyAuditMutationVariables = Exact<{ [key: string]: never; }>;


export type VerifyAuditMutation = { verifyAuditChain: { checkedEvents: number, totalEvents: number, faultCount: number, isWhole: boolean | null, startedAt: string, finishedAt: string | null, faults: Array<{ chainId: string, eventId: string | null, kind: string, sequence: number }> } | null };

export type AdminUserFragment = { id: string, username: string, email: string | null, role: Role, isActive: boolean, secondFactorSince: string | null, createdAt: string };

export type AdminUsersQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  search?: string | null | undefined;
}>;


export type AdminUsersQuery = { users: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, username: string, email: string | null, role: Role, isActive: boolean, secondFactorSince: string | null, createdAt: string }> } };

export type CreateUserMutationVariables = Exact<{
  input: CreateUserInput;
}>;


export type CreateUserMutation = { createUser: { password: string | null, user: { id: string, username: string, email: string | null, role: Role, isActive: boolean, secondFactorSince: string | null, createdAt: string } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type SetUserActiveMutationVariables = Exact<{
  id: string;
  isActive: boolean;
}>;


export type SetUserActiveMutation = { setUserActive: { user: { id: string, username: string, email: string | null, role: Role, isActive: boolean, secondFactorSince: string | null, createdAt: string } | null, userErrors: Array<{ code: string, message: string }> } | null };

export type ResetUserSecondFactorMutationVariables = Exact<{
  id: string;
}>;


export type ResetUserSecondFactorMutation = { resetUserSecondFactor: { user: { id: string, username: string, email: string | null, role: Role, isActive: boolean, secondFactorSince: string | null, createdAt: string } | null, userErrors: Array<{ code: string, message: string }> } | null };

export type ChangeUserRoleMutationVariables = Exact<{
  id: string;
  role: Role;
}>;


export type ChangeUserRoleMutation = { changeUserRole: { user: { id: string, username: string, email: string | null, role: Role, isActive: boolean, secondFactorSince: string | null, createdAt: string } | null, userErrors: Array<{ code: string, message: string }> } | null };

export type ResetUserPasswordMutationVariables = Exact<{
  id: string;
}>;


export type ResetUserPasswordMutation = { resetUserPassword: { password: string | null, userErrors: Array<{ code: string, message: string }> } | null };

export type EndUserSessionsMutationVariables = Exact<{
  id: string;
}>;


export type EndUserSessionsMutation = { endUserSessions: { endedCount: number, userErrors: Array<{ code: string, message: string }> } | null };

export type DeleteUserMutationVariables = Exact<{
  id: string;
  username: string;
}>;


export type DeleteUserMutation = { deleteUser: { deletedId: string | null, userErrors: Array<{ code: string, message: string }> } | null };

export type AdminTokenFragment = { id: string, name: string, firstCharacters: string, permissions: Array<string>, connectors: Array<string>, projects: Array<string>, users: Array<string>, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null };

export type AdminTokensQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type AdminTokensQuery = { serviceTokens: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, name: string, firstCharacters: string, permissions: Array<string>, connectors: Array<string>, projects: Array<string>, users: Array<string>, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null }> } };

export type CreateServiceTokenMutationVariables = Exact<{
  input: CreateServiceTokenInput;
}>;


export type CreateServiceTokenMutation = { createServiceToken: { token: string | null, serviceToken: { id: string, name: string, firstCharacters: string, permissions: Array<string>, connectors: Array<string>, projects: Array<string>, users: Array<string>, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type RevokeServiceTokenMutationVariables = Exact<{
  id: string;
}>;


export type RevokeServiceTokenMutation = { revokeServiceToken: { serviceToken: { id: string, name: string, firstCharacters: string, permissions: Array<string>, connectors: Array<string>, projects: Array<string>, users: Array<string>, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null } | null, userErrors: Array<{ code: string, message: string }> } | null };

export type RotationStateFragment = { isRunning: boolean, rewrapped: number, unreadable: number | null, total: number, startedAt: string | null, finishedAt: string | null };

export type AdminKeysQueryVariables = Exact<{ [key: string]: never; }>;


export type AdminKeysQuery = { keys: Array<{ id: string, isPrimary: boolean, createdAt: string | null, sealedRecords: number }>, keyRotation: { isRunning: boolean, rewrapped: number, unreadable: number | null, total: number, startedAt: string | null, finishedAt: string | null } | null };

export type StartKeyRotationMutationVariables = Exact<{ [key: string]: never; }>;


export type StartKeyRotationMutation = { startKeyRotation: { keyRotation: { isRunning: boolean, rewrapped: number, unreadable: number | null, total: number, startedAt: string | null, finishedAt: string | null } | null, userErrors: Array<{ code: string, message: string }> } | null };

export type AdminSystemQueryVariables = Exact<{ [key: string]: never; }>;


export type AdminSystemQuery = { settings: { isFallbackAllowed: boolean, isRegistrationOpen: boolean, trustedIssuers: Array<{ name: string, issuer: string | null, proof: IssuerProof, role: Role, createsUsers: boolean }> }, connectors: Array<{ id: string, name: string, description: string, capabilities: Array<ConnectorCapability>, fields: Array<{ name: string, label: string, isSecret: boolean, isRequired: boolean }> }> };

export type AdminStatisticsQueryVariables = Exact<{
  from: string;
  to: string;
  interval: AuditInterval;
}>;


export type AdminStatisticsQuery = { auditStatistics: Array<{ start: string, action: string, outcome: string, count: number }> };

export type AdminUsageQueryVariables = Exact<{
  minutes: number;
}>;


export type AdminUsageQuery = { usage: { tokens: Array<{ start: string, memory: number, shared: number, upstream: number, failed: number }>, upstreams: Array<{ connector: string, minutes: Array<{ start: string, count: number, failed: number, meanMs: number | null, p95Ms: number | null }> }> } };

export type AdminProjectFragment = { id: string, slug: string, name: string, description: string, launchUrlTemplate: string | null, healthUrl: string | null, healthMessage: string | null, isReachable: boolean | null, isArchived: boolean, source: ProjectSource, requiredConnectors: Array<{ project: string | null, connector: { id: string, name: string } }> };

export type AdminProjectsQueryVariables = Exact<{ [key: string]: never; }>;


export type AdminProjectsQuery = { projects: Array<{ id: string, slug: string, name: string, description: string, launchUrlTemplate: string | null, healthUrl: string | null, healthMessage: string | null, isReachable: boolean | null, isArchived: boolean, source: ProjectSource, requiredConnectors: Array<{ project: string | null, connector: { id: string, name: string } }> }> };

export type SaveProjectMutationVariables = Exact<{
  input: SaveProjectInput;
}>;


export type SaveProjectMutation = { saveProject: { project: { id: string, slug: string, name: string, description: string, launchUrlTemplate: string | null, healthUrl: string | null, healthMessage: string | null, isReachable: boolean | null, isArchived: boolean, source: ProjectSource, requiredConnectors: Array<{ project: string | null, connector: { id: string, name: string } }> } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type DeleteProjectMutationVariables = Exact<{
  id: string;
}>;


export type DeleteProjectMutation = { deleteProject: { deletedId: string | null, userErrors: Array<{ code: string, message: string }> } | null };

export type ListedCredentialFragment = { id: string, label: string, project: string, status: CredentialStatus, source: CredentialSource, isDefault: boolean, updatedAt: string, lastUsedAt: string | null, connector: { id: string, name: string }, lastTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, testedAt: string } | null };

export type CredentialsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type CredentialsQuery = { credentials: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, label: string, project: string, status: CredentialStatus, source: CredentialSource, isDefault: boolean, updatedAt: string, lastUsedAt: string | null, connector: { id: string, name: string }, lastTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, testedAt: string } | null }> } };

export type CredentialsForQueryVariables = Exact<{
  connector: string;
  project: string;
}>;


export type CredentialsForQuery = { credentials: { nodes: Array<{ id: string, label: string, source: CredentialSource }> } };

export type TestResultFragment = { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, code: ConnectionErrorCode | null, message: string, durationMs: number, testedAt: string, details: Array<{ name: string, value: string }> };

export type ConnectorsQueryVariables = Exact<{ [key: string]: never; }>;


export type ConnectorsQuery = { connectors: Array<{ id: string, name: string, description: string, fields: Array<{ name: string, label: string, description: string | null, isSecret: boolean, isRequired: boolean, defaultValue: string | null, pattern: string | null, patternHelp: string | null, minLength: number | null }> }> };

export type CredentialByIdQueryVariables = Exact<{
  id: string;
}>;


export type CredentialByIdQuery = { credential: { createdAt: string, version: number, id: string, label: string, project: string, status: CredentialStatus, source: CredentialSource, isDefault: boolean, updatedAt: string, lastUsedAt: string | null, fields: Array<{ name: string, isSecret: boolean, isSet: boolean, value: string | null }>, versions: Array<{ version: number, createdAt: string }>, connector: { id: string, name: string, fields: Array<{ name: string, label: string, description: string | null, isSecret: boolean, isRequired: boolean, defaultValue: string | null, pattern: string | null, patternHelp: string | null, minLength: number | null }> }, lastTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, testedAt: string, code: ConnectionErrorCode | null, message: string, durationMs: number, details: Array<{ name: string, value: string }> } | null } | null };

export type TestOutcomeFragment = { connectionTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, code: ConnectionErrorCode | null, message: string, durationMs: number, testedAt: string, details: Array<{ name: string, value: string }> } | null, userErrors: Array<{ code: string, field: string | null, message: string }> };

export type TestFieldsMutationVariables = Exact<{
  connector: string;
  fields: Array<CredentialFieldInput> | CredentialFieldInput;
}>;


export type TestFieldsMutation = { testCredential: { connectionTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, code: ConnectionErrorCode | null, message: string, durationMs: number, testedAt: string, details: Array<{ name: string, value: string }> } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type TestStoredMutationVariables = Exact<{
  id: string;
}>;


export type TestStoredMutation = { testCredential: { connectionTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, code: ConnectionErrorCode | null, message: string, durationMs: number, testedAt: string, details: Array<{ name: string, value: string }> } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type SaveResultFragment = { credential: { id: string, label: string, project: string, status: CredentialStatus, source: CredentialSource, isDefault: boolean, updatedAt: string, lastUsedAt: string | null, connector: { id: string, name: string }, lastTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, testedAt: string } | null } | null, connectionTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, code: ConnectionErrorCode | null, message: string, durationMs: number, testedAt: string, details: Array<{ name: string, value: string }> } | null, userErrors: Array<{ code: string, field: string | null, message: string }> };

export type SaveCredentialMutationVariables = Exact<{
  input: SaveCredentialInput;
}>;


export type SaveCredentialMutation = { saveCredential: { credential: { id: string, label: string, project: string, status: CredentialStatus, source: CredentialSource, isDefault: boolean, updatedAt: string, lastUsedAt: string | null, connector: { id: string, name: string }, lastTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, testedAt: string } | null } | null, connectionTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, code: ConnectionErrorCode | null, message: string, durationMs: number, testedAt: string, details: Array<{ name: string, value: string }> } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type SaveSystemDefaultMutationVariables = Exact<{
  input: SaveCredentialInput;
}>;


export type SaveSystemDefaultMutation = { saveCredential: { credential: { id: string, label: string, project: string, status: CredentialStatus, source: CredentialSource, isDefault: boolean, updatedAt: string, lastUsedAt: string | null, connector: { id: string, name: string }, lastTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, testedAt: string } | null } | null, connectionTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, code: ConnectionErrorCode | null, message: string, durationMs: number, testedAt: string, details: Array<{ name: string, value: string }> } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type RestoreVersionMutationVariables = Exact<{
  id: string;
  version: number;
  test: boolean;
}>;


export type RestoreVersionMutation = { restoreCredentialVersion: { credential: { id: string, label: string, project: string, status: CredentialStatus, source: CredentialSource, isDefault: boolean, updatedAt: string, lastUsedAt: string | null, connector: { id: string, name: string }, lastTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, testedAt: string } | null } | null, connectionTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, code: ConnectionErrorCode | null, message: string, durationMs: number, testedAt: string, details: Array<{ name: string, value: string }> } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type RevealCredentialMutationVariables = Exact<{
  id: string;
}>;


export type RevealCredentialMutation = { revealCredential: { fields: Array<{ name: string, value: string }> | null, userErrors: Array<{ code: string, message: string }> } | null };

export type MoveCredentialMutationVariables = Exact<{
  input: MoveCredentialInput;
}>;


export type MoveCredentialMutation = { moveCredential: { credential: { id: string, label: string, project: string, status: CredentialStatus, source: CredentialSource, isDefault: boolean, updatedAt: string, lastUsedAt: string | null, connector: { id: string, name: string }, lastTest: { id: string, outcome: ConnectionTestOutcome, stage: ConnectionStage, testedAt: string } | null } | null } | null };

export type DeleteCredentialMutationVariables = Exact<{
  id: string;
}>;


export type DeleteCredentialMutation = { deleteCredential: { deletedId: string | null, userErrors: Array<{ code: string, message: string }> } | null };

export type ContactsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  search?: string | null | undefined;
  credential?: CredentialSelector | null | undefined;
  sort?: RowSort | null | undefined;
  direction?: SortDirection | null | undefined;
}>;


export type ContactsQuery = { contacts: { nodes: Array<{ id: string, upstreamId: number, name: string, email: string | null, phone: string | null, isCompany: boolean, isActive: boolean, upstreamUpdatedAt: string, syncedAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ProductsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  search?: string | null | undefined;
  credential?: CredentialSelector | null | undefined;
  sort?: RowSort | null | undefined;
  direction?: SortDirection | null | undefined;
}>;


export type ProductsQuery = { products: { nodes: Array<{ id: string, upstreamId: number, name: string, sku: string | null, price: string | null, isActive: boolean, upstreamUpdatedAt: string, syncedAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ContactCountQueryVariables = Exact<{
  search?: string | null | undefined;
  credential?: CredentialSelector | null | undefined;
}>;


export type ContactCountQuery = { contacts: { totalCount: number } };

export type ProductCountQueryVariables = Exact<{
  search?: string | null | undefined;
  credential?: CredentialSelector | null | undefined;
}>;


export type ProductCountQuery = { products: { totalCount: number } };

export type ContactsToExportQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  search?: string | null | undefined;
  credential?: CredentialSelector | null | undefined;
  sort?: RowSort | null | undefined;
  direction?: SortDirection | null | undefined;
}>;


export type ContactsToExportQuery = { contacts: { nodes: Array<{ upstreamId: number, name: string, email: string | null, phone: string | null, isCompany: boolean, isActive: boolean, upstreamUpdatedAt: string, syncedAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ProductsToExportQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  search?: string | null | undefined;
  credential?: CredentialSelector | null | undefined;
  sort?: RowSort | null | undefined;
  direction?: SortDirection | null | undefined;
}>;


export type ProductsToExportQuery = { products: { nodes: Array<{ upstreamId: number, name: string, sku: string | null, price: string | null, isActive: boolean, upstreamUpdatedAt: string, syncedAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PortalQueryVariables = Exact<{ [key: string]: never; }>;


export type PortalQuery = { projects: Array<{ id: string, slug: string, name: string, description: string, isReachable: boolean | null, healthCheckedAt: string | null, launchUrl: string | null, missingConnectors: Array<{ id: string, name: string }>, requiredConnectors: Array<{ project: string | null, connector: { id: string } }> }> };

export type RunRowFragment = { id: string, resource: SyncResource, status: SyncStatus, isFull: boolean, total: number | null, processed: number, created: number, updated: number, deleted: number, errorCode: ConnectionErrorCode | null, errorMessage: string | null, createdAt: string, startedAt: string | null, finishedAt: string | null, credential: { id: string, label: string } | null };

export type OdooCredentialsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type OdooCredentialsQuery = { credentials: { totalCount: number, nodes: Array<{ id: string, label: string, project: string, isDefault: boolean, status: CredentialStatus }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type SyncRunsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  resource?: SyncResource | null | undefined;
}>;


export type SyncRunsQuery = { syncRuns: { totalCount: number, nodes: Array<{ id: string, resource: SyncResource, status: SyncStatus, isFull: boolean, total: number | null, processed: number, created: number, updated: number, deleted: number, errorCode: ConnectionErrorCode | null, errorMessage: string | null, createdAt: string, startedAt: string | null, finishedAt: string | null, credential: { id: string, label: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type SyncRunByIdQueryVariables = Exact<{
  id: string;
}>;


export type SyncRunByIdQuery = { syncRun: { id: string, resource: SyncResource, status: SyncStatus, isFull: boolean, total: number | null, processed: number, created: number, updated: number, deleted: number, errorCode: ConnectionErrorCode | null, errorMessage: string | null, createdAt: string, startedAt: string | null, finishedAt: string | null, credential: { id: string, label: string } | null } | null };

export type SyncRunLiveSubscriptionVariables = Exact<{
  id: string;
}>;


export type SyncRunLiveSubscription = { syncRunProgress: { id: string, resource: SyncResource, status: SyncStatus, isFull: boolean, total: number | null, processed: number, created: number, updated: number, deleted: number, errorCode: ConnectionErrorCode | null, errorMessage: string | null, createdAt: string, startedAt: string | null, finishedAt: string | null, credential: { id: string, label: string } | null } };

export type StartContactsMutationVariables = Exact<{
  input: SyncInput;
}>;


export type StartContactsMutation = { syncContactsFromOdoo: { success: boolean, errors: Array<string>, run: { id: string, resource: SyncResource, status: SyncStatus, isFull: boolean, total: number | null, processed: number, created: number, updated: number, deleted: number, errorCode: ConnectionErrorCode | null, errorMessage: string | null, createdAt: string, startedAt: string | null, finishedAt: string | null, credential: { id: string, label: string } | null } | null } };

export type StartProductsMutationVariables = Exact<{
  input: SyncInput;
}>;


export type StartProductsMutation = { syncProductsFromOdoo: { success: boolean, errors: Array<string>, run: { id: string, resource: SyncResource, status: SyncStatus, isFull: boolean, total: number | null, processed: number, created: number, updated: number, deleted: number, errorCode: ConnectionErrorCode | null, errorMessage: string | null, createdAt: string, startedAt: string | null, finishedAt: string | null, credential: { id: string, label: string } | null } | null } };

export type CancelRunMutationVariables = Exact<{
  id: string;
}>;


export type CancelRunMutation = { cancelSync: { run: { id: string, resource: SyncResource, status: SyncStatus, isFull: boolean, total: number | null, processed: number, created: number, updated: number, deleted: number, errorCode: ConnectionErrorCode | null, errorMessage: string | null, createdAt: string, startedAt: string | null, finishedAt: string | null, credential: { id: string, label: string } | null } | null, userErrors: Array<{ message: string }> } | null };

export type SessionTokensFragment = { accessToken: string | null, refreshToken: string | null, expiresAt: string | null, requiredStep: RequiredStep | null, user: { id: string, username: string, email: string | null, role: Role, secondFactorSince: string | null } | null, userErrors: Array<{ code: string, field: string | null, message: string }> };

export type SignInMutationVariables = Exact<{
  input: LoginInput;
}>;


export type SignInMutation = { login: { accessToken: string | null, refreshToken: string | null, expiresAt: string | null, requiredStep: RequiredStep | null, user: { id: string, username: string, email: string | null, role: Role, secondFactorSince: string | null } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type SignUpMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type SignUpMutation = { register: { accessToken: string | null, refreshToken: string | null, expiresAt: string | null, requiredStep: RequiredStep | null, user: { id: string, username: string, email: string | null, role: Role, secondFactorSince: string | null } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type RenewSessionMutationVariables = Exact<{
  refreshToken?: string | null | undefined;
}>;


export type RenewSessionMutation = { refreshSession: { accessToken: string | null, refreshToken: string | null, expiresAt: string | null, requiredStep: RequiredStep | null, user: { id: string, username: string, email: string | null, role: Role, secondFactorSince: string | null } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { logout: boolean };

export type ConfirmPasswordMutationVariables = Exact<{
  password: string;
  code?: string | null | undefined;
}>;


export type ConfirmPasswordMutation = { confirmPassword: { session: { id: string, confirmedUntil: string } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type GatewayFactsQueryVariables = Exact<{ [key: string]: never; }>;


export type GatewayFactsQuery = { gateway: { isRegistrationOpen: boolean, passwordMinBytes: number } };

export type NeedingAttentionFragment = { id: string, label: string, status: CredentialStatus, connector: { id: string, name: string } };

export type AttentionQueryVariables = Exact<{
  shown: number;
  first: number;
}>;


export type AttentionQuery = { refused: { totalCount: number, nodes: Array<{ id: string, label: string, status: CredentialStatus, connector: { id: string, name: string } }> }, credentials: { nodes: Array<{ id: string, label: string, status: CredentialStatus, connector: { id: string, name: string } }> } };

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
export const VerificationFragmentDoc = new TypedDocumentString(`
    fragment Verification on AuditVerification {
  checkedEvents
  totalEvents
  faultCount
  isWhole
  startedAt
  finishedAt
  faults {
    chainId
    eventId
    kind
    sequence
  }
}
    `, {"fragmentName":"Verification"}) as unknown as TypedDocumentString<VerificationFragment, unknown>;
export const AdminUserFragmentDoc = new TypedDocumentString(`
    fragment AdminUser on User {
  id
  username
  email
  role
  isActive
  secondFactorSince
  createdAt
}
    `, {"fragmentName":"AdminUser"}) as unknown as TypedDocumentString<AdminUserFragment, unknown>;
export const AdminTokenFragmentDoc = new TypedDocumentString(`
    fragment AdminToken on ServiceToken {
  id
  name
  firstCharacters
  permissions
  connectors
  projects
  users
  createdAt
  expiresAt
  lastUsedAt
  revokedAt
}
    `, {"fragmentName":"AdminToken"}) as unknown as TypedDocumentString<AdminTokenFragment, unknown>;
export const RotationStateFragmentDoc = new TypedDocumentString(`
    fragment RotationState on KeyRotation {
  isRunning
  rewrapped
  unreadable
  total
  startedAt
  finishedAt
}
    `, {"fragmentName":"RotationState"}) as unknown as TypedDocumentString<RotationStateFragment, unknown>;
export const AdminProjectFragmentDoc = new TypedDocumentString(`
    fragment AdminProject on Project {
  id
  slug
  name
  description
  launchUrlTemplate
  healthUrl
  healthMessage
  isReachable
  isArchived
  source
  requiredConnectors {
    project
    connector {
      id
      name
    }
  }
}
    `, {"fragmentName":"AdminProject"}) as unknown as TypedDocumentString<AdminProjectFragment, unknown>;
export const TestResultFragmentDoc = new TypedDocumentString(`
    fragment TestResult on ConnectionTest {
  id
  outcome
  stage
  code
  message
  durationMs
  testedAt
  details {
    name
    value
  }
}
    `, {"fragmentName":"TestResult"}) as unknown as TypedDocumentString<TestResultFragment, unknown>;
export const TestOutcomeFragmentDoc = new TypedDocumentString(`
    fragment TestOutcome on TestCredentialPayload {
  connectionTest {
    ...TestResult
  }
  userErrors {
    code
    field
    message
  }
}
    fragment TestResult on ConnectionTest {
  id
  outcome
  stage
  code
  message
  durationMs
  testedAt
  details {
    name
    value
  }
}`, {"fragmentName":"TestOutcome"}) as unknown as TypedDocumentString<TestOutcomeFragment, unknown>;
export const ListedCredentialFragmentDoc = new TypedDocumentString(`
    fragment ListedCredential on Credential {
  id
  label
  project
  status
  source
  isDefault
  updatedAt
  lastUsedAt
  connector {
    id
    name
  }
  lastTest {
    id
    outcome
    stage
    testedAt
  }
}
    `, {"fragmentName":"ListedCredential"}) as unknown as TypedDocumentString<ListedCredentialFragment, unknown>;
export const SaveResultFragmentDoc = new TypedDocumentString(`
    fragment SaveResult on SaveCredentialPayload {
  credential {
    ...ListedCredential
  }
  connectionTest {
    ...TestResult
  }
  userErrors {
    code
    field
    message
  }
}
    fragment ListedCredential on Credential {
  id
  label
  project
  status
  source
  isDefault
  updatedAt
  lastUsedAt
  connector {
    id
    name
  }
  lastTest {
    id
    outcome
    stage
    testedAt
  }
}
fragment TestResult on ConnectionTest {
  id
  outcome
  stage
  code
  message
  durationMs
  testedAt
  details {
    name
    value
  }
}`, {"fragmentName":"SaveResult"}) as unknown as TypedDocumentString<SaveResultFragment, unknown>;
export const RunRowFragmentDoc = new TypedDocumentString(`
    fragment RunRow on SyncRun {
  id
  resource
  status
  isFull
  total
  processed
  created
  updated
  deleted
  errorCode
  errorMessage
  createdAt
  startedAt
  finishedAt
  credential {
    id
    label
  }
}
    `, {"fragmentName":"RunRow"}) as unknown as TypedDocumentString<RunRowFragment, unknown>;
export const SessionTokensFragmentDoc = new TypedDocumentString(`
    fragment SessionTokens on SessionPayload {
  accessToken
  refreshToken
  expiresAt
  user {
    id
    username
    email
    role
    secondFactorSince
  }
  requiredStep
  userErrors {
    code
    field
    message
  }
}
    `, {"fragmentName":"SessionTokens"}) as unknown as TypedDocumentString<SessionTokensFragment, unknown>;
export const NeedingAttentionFragmentDoc = new TypedDocumentString(`
    fragment NeedingAttention on Credential {
  id
  label
  status
  connector {
    id
    name
  }
}
    `, {"fragmentName":"NeedingAttention"}) as unknown as TypedDocumentString<NeedingAttentionFragment, unknown>;
export const AccountDocument = new TypedDocumentString(`
    query Account {
  me {
    id
    username
    email
    role
    createdAt
  }
  secondFactor {
    enabledAt
    recoveryCodesLeft
    isRequired
  }
  sessions {
    id
    ip
    userAgent
    isCurrent
    createdAt
    lastUsedAt
  }
}
    `) as unknown as TypedDocumentString<AccountQuery, AccountQueryVariables>;
export const ChangePasswordDocument = new TypedDocumentString(`
    mutation ChangePassword($currentPassword: String!, $newPassword: String!, $code: String) {
  changePassword(
    currentPassword: $currentPassword
    newPassword: $newPassword
    code: $code
  ) {
    userErrors {
      code
      field
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ChangePasswordMutation, ChangePasswordMutationVariables>;
export const EndSessionDocument = new TypedDocumentString(`
    mutation EndSession($id: ID!) {
  endSession(id: $id) {
    endedId
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<EndSessionMutation, EndSessionMutationVariables>;
export const EndOtherSessionsDocument = new TypedDocumentString(`
    mutation EndOtherSessions {
  endOtherSessions {
    endedCount
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<EndOtherSessionsMutation, EndOtherSessionsMutationVariables>;
export const StartSecondFactorDocument = new TypedDocumentString(`
    mutation StartSecondFactor {
  startSecondFactor {
    secret
    keyUri
    userErrors {
      code
      field
      message
    }
  }
}
    `) as unknown as TypedDocumentString<StartSecondFactorMutation, StartSecondFactorMutationVariables>;
export const EnableSecondFactorDocument = new TypedDocumentString(`
    mutation EnableSecondFactor($code: String!) {
  enableSecondFactor(code: $code) {
    recoveryCodes
    userErrors {
      code
      field
      message
    }
  }
}
    `) as unknown as TypedDocumentString<EnableSecondFactorMutation, EnableSecondFactorMutationVariables>;
export const DisableSecondFactorDocument = new TypedDocumentString(`
    mutation DisableSecondFactor($password: String!, $code: String!) {
  disableSecondFactor(password: $password, code: $code) {
    userErrors {
      code
      field
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DisableSecondFactorMutation, DisableSecondFactorMutationVariables>;
export const RenewRecoveryCodesDocument = new TypedDocumentString(`
    mutation RenewRecoveryCodes($password: String!, $code: String!) {
  renewRecoveryCodes(password: $password, code: $code) {
    recoveryCodes
    userErrors {
      code
      field
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RenewRecoveryCodesMutation, RenewRecoveryCodesMutationVariables>;
export const ActivityDocument = new TypedDocumentString(`
    query Activity($first: Int!, $after: String, $actions: [String!], $from: DateTime, $actorId: ID, $targetId: ID) {
  auditEvents(
    first: $first
    after: $after
    actions: $actions
    from: $from
    actorId: $actorId
    targetId: $targetId
  ) {
    nodes {
      id
      action
      actorId
      actorType
      outcome
      targetId
      targetType
      ip
      correlationId
      createdAt
      details {
        name
        value
      }
    }
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ActivityQuery, ActivityQueryVariables>;
export const NamesOfDocument = new TypedDocumentString(`
    query NamesOf($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    id
    ... on User {
      username
    }
    ... on Credential {
      label
      connector {
        id
        name
      }
    }
    ... on Project {
      name
    }
    ... on ServiceToken {
      name
    }
  }
}
    `) as unknown as TypedDocumentString<NamesOfQuery, NamesOfQueryVariables>;
export const AuditChainsDocument = new TypedDocumentString(`
    query AuditChains {
  auditChains {
    id
    sequence
    cutSequence
    signedSequence
    signedAt
    isEnded
  }
}
    `) as unknown as TypedDocumentString<AuditChainsQuery, AuditChainsQueryVariables>;
export const LastVerificationDocument = new TypedDocumentString(`
    query LastVerification {
  auditVerification {
    ...Verification
  }
}
    fragment Verification on AuditVerification {
  checkedEvents
  totalEvents
  faultCount
  isWhole
  startedAt
  finishedAt
  faults {
    chainId
    eventId
    kind
    sequence
  }
}`) as unknown as TypedDocumentString<LastVerificationQuery, LastVerificationQueryVariables>;
export const VerifyAuditDocument = new TypedDocumentString(`
    mutation VerifyAudit {
  verifyAuditChain {
    ...Verification
  }
}
    fragment Verification on AuditVerification {
  checkedEvents
  totalEvents
  faultCount
  isWhole
  startedAt
  finishedAt
  faults {
    chainId
    eventId
    kind
    sequence
  }
}`) as unknown as TypedDocumentString<VerifyAuditMutation, VerifyAuditMutationVariables>;
export const AdminUsersDocument = new TypedDocumentString(`
    query AdminUsers($first: Int!, $after: String, $search: String) {
  users(first: $first, after: $after, search: $search) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...AdminUser
    }
  }
}
    fragment AdminUser on User {
  id
  username
  email
  role
  isActive
  secondFactorSince
  createdAt
}`) as unknown as TypedDocumentString<AdminUsersQuery, AdminUsersQueryVariables>;
export const CreateUserDocument = new TypedDocumentString(`
    mutation CreateUser($input: CreateUserInput!) {
  createUser(input: $input) {
    user {
      ...AdminUser
    }
    password
    userErrors {
      code
      field
      message
    }
  }
}
    fragment AdminUser on User {
  id
  username
  email
  role
  isActive
  secondFactorSince
  createdAt
}`) as unknown as TypedDocumentString<CreateUserMutation, CreateUserMutationVariables>;
export const SetUserActiveDocument = new TypedDocumentString(`
    mutation SetUserActive($id: ID!, $isActive: Boolean!) {
  setUserActive(id: $id, isActive: $isActive) {
    user {
      ...AdminUser
    }
    userErrors {
      code
      message
    }
  }
}
    fragment AdminUser on User {
  id
  username
  email
  role
  isActive
  secondFactorSince
  createdAt
}`) as unknown as TypedDocumentString<SetUserActiveMutation, SetUserActiveMutationVariables>;
export const ResetUserSecondFactorDocument = new TypedDocumentString(`
    mutation ResetUserSecondFactor($id: ID!) {
  resetUserSecondFactor(id: $id) {
    user {
      ...AdminUser
    }
    userErrors {
      code
      message
    }
  }
}
    fragment AdminUser on User {
  id
  username
  email
  role
  isActive
  secondFactorSince
  createdAt
}`) as unknown as TypedDocumentString<ResetUserSecondFactorMutation, ResetUserSecondFactorMutationVariables>;
export const ChangeUserRoleDocument = new TypedDocumentString(`
    mutation ChangeUserRole($id: ID!, $role: Role!) {
  changeUserRole(id: $id, role: $role) {
    user {
      ...AdminUser
    }
    userErrors {
      code
      message
    }
  }
}
    fragment AdminUser on User {
  id
  username
  email
  role
  isActive
  secondFactorSince
  createdAt
}`) as unknown as TypedDocumentString<ChangeUserRoleMutation, ChangeUserRoleMutationVariables>;
export const ResetUserPasswordDocument = new TypedDocumentString(`
    mutation ResetUserPassword($id: ID!) {
  resetUserPassword(id: $id) {
    password
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ResetUserPasswordMutation, ResetUserPasswordMutationVariables>;
export const EndUserSessionsDocument = new TypedDocumentString(`
    mutation EndUserSessions($id: ID!) {
  endUserSessions(id: $id) {
    endedCount
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<EndUserSessionsMutation, EndUserSessionsMutationVariables>;
export const DeleteUserDocument = new TypedDocumentString(`
    mutation DeleteUser($id: ID!, $username: String!) {
  deleteUser(input: {id: $id, username: $username}) {
    deletedId
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteUserMutation, DeleteUserMutationVariables>;
export const AdminTokensDocument = new TypedDocumentString(`
    query AdminTokens($first: Int!, $after: String) {
  serviceTokens(first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...AdminToken
    }
  }
}
    fragment AdminToken on ServiceToken {
  id
  name
  firstCharacters
  permissions
  connectors
  projects
  users
  createdAt
  expiresAt
  lastUsedAt
  revokedAt
}`) as unknown as TypedDocumentString<AdminTokensQuery, AdminTokensQueryVariables>;
export const CreateServiceTokenDocument = new TypedDocumentString(`
    mutation CreateServiceToken($input: CreateServiceTokenInput!) {
  createServiceToken(input: $input) {
    token
    serviceToken {
      ...AdminToken
    }
    userErrors {
      code
      field
      message
    }
  }
}
    fragment AdminToken on ServiceToken {
  id
  name
  firstCharacters
  permissions
  connectors
  projects
  users
  createdAt
  expiresAt
  lastUsedAt
  revokedAt
}`) as unknown as TypedDocumentString<CreateServiceTokenMutation, CreateServiceTokenMutationVariables>;
export const RevokeServiceTokenDocument = new TypedDocumentString(`
    mutation RevokeServiceToken($id: ID!) {
  revokeServiceToken(input: {id: $id}) {
    serviceToken {
      ...AdminToken
    }
    userErrors {
      code
      message
    }
  }
}
    fragment AdminToken on ServiceToken {
  id
  name
  firstCharacters
  permissions
  connectors
  projects
  users
  createdAt
  expiresAt
  lastUsedAt
  revokedAt
}`) as unknown as TypedDocumentString<RevokeServiceTokenMutation, RevokeServiceTokenMutationVariables>;
export const AdminKeysDocument = new TypedDocumentString(`
    query AdminKeys {
  keys {
    id
    isPrimary
    createdAt
    sealedRecords
  }
  keyRotation {
    ...RotationState
  }
}
    fragment RotationState on KeyRotation {
  isRunning
  rewrapped
  unreadable
  total
  startedAt
  finishedAt
}`) as unknown as TypedDocumentString<AdminKeysQuery, AdminKeysQueryVariables>;
export const StartKeyRotationDocument = new TypedDocumentString(`
    mutation StartKeyRotation {
  startKeyRotation {
    keyRotation {
      ...RotationState
    }
    userErrors {
      code
      message
    }
  }
}
    fragment RotationState on KeyRotation {
  isRunning
  rewrapped
  unreadable
  total
  startedAt
  finishedAt
}`) as unknown as TypedDocumentString<StartKeyRotationMutation, StartKeyRotationMutationVariables>;
export const AdminSystemDocument = new TypedDocumentString(`
    query AdminSystem {
  settings {
    isFallbackAllowed
    isRegistrationOpen
    trustedIssuers {
      name
      issuer
      proof
      role
      createsUsers
    }
  }
  connectors {
    id
    name
    description
    capabilities
    fields {
      name
      label
      isSecret
      isRequired
    }
  }
}
    `) as unknown as TypedDocumentString<AdminSystemQuery, AdminSystemQueryVariables>;
export const AdminStatisticsDocument = new TypedDocumentString(`
    query AdminStatistics($from: DateTime!, $to: DateTime!, $interval: AuditInterval!) {
  auditStatistics(from: $from, to: $to, interval: $interval) {
    start
    action
    outcome
    count
  }
}
    `) as unknown as TypedDocumentString<AdminStatisticsQuery, AdminStatisticsQueryVariables>;
export const AdminUsageDocument = new TypedDocumentString(`
    query AdminUsage($minutes: Int!) {
  usage(minutes: $minutes) {
    tokens {
      start
      memory
      shared
      upstream
      failed
    }
    upstreams {
      connector
      minutes {
        start
        count
        failed
        meanMs
        p95Ms
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AdminUsageQuery, AdminUsageQueryVariables>;
export const AdminProjectsDocument = new TypedDocumentString(`
    query AdminProjects {
  projects(includeArchived: true) {
    ...AdminProject
  }
}
    fragment AdminProject on Project {
  id
  slug
  name
  description
  launchUrlTemplate
  healthUrl
  healthMessage
  isReachable
  isArchived
  source
  requiredConnectors {
    project
    connector {
      id
      name
    }
  }
}`) as unknown as TypedDocumentString<AdminProjectsQuery, AdminProjectsQueryVariables>;
export const SaveProjectDocument = new TypedDocumentString(`
    mutation SaveProject($input: SaveProjectInput!) {
  saveProject(input: $input) {
    project {
      ...AdminProject
    }
    userErrors {
      code
      field
      message
    }
  }
}
    fragment AdminProject on Project {
  id
  slug
  name
  description
  launchUrlTemplate
  healthUrl
  healthMessage
  isReachable
  isArchived
  source
  requiredConnectors {
    project
    connector {
      id
      name
    }
  }
}`) as unknown as TypedDocumentString<SaveProjectMutation, SaveProjectMutationVariables>;
export const DeleteProjectDocument = new TypedDocumentString(`
    mutation DeleteProject($id: ID!) {
  deleteProject(input: {id: $id}) {
    deletedId
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteProjectMutation, DeleteProjectMutationVariables>;
export const CredentialsDocument = new TypedDocumentString(`
    query Credentials($first: Int!, $after: String) {
  credentials(first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...ListedCredential
    }
  }
}
    fragment ListedCredential on Credential {
  id
  label
  project
  status
  source
  isDefault
  updatedAt
  lastUsedAt
  connector {
    id
    name
  }
  lastTest {
    id
    outcome
    stage
    testedAt
  }
}`) as unknown as TypedDocumentString<CredentialsQuery, CredentialsQueryVariables>;
export const CredentialsForDocument = new TypedDocumentString(`
    query CredentialsFor($connector: ID!, $project: String!) {
  credentials(first: 100, connector: $connector, project: $project) {
    nodes {
      id
      label
      source
    }
  }
}
    `) as unknown as TypedDocumentString<CredentialsForQuery, CredentialsForQueryVariables>;
export const ConnectorsDocument = new TypedDocumentString(`
    query Connectors {
  connectors {
    id
    name
    description
    fields {
      name
      label
      description
      isSecret
      isRequired
      defaultValue
      pattern
      patternHelp
      minLength
    }
  }
}
    `) as unknown as TypedDocumentString<ConnectorsQuery, ConnectorsQueryVariables>;
export const CredentialByIdDocument = new TypedDocumentString(`
    query CredentialById($id: ID!) {
  credential(id: $id) {
    ...ListedCredential
    createdAt
    version
    fields {
      name
      isSecret
      isSet
      value
    }
    versions {
      version
      createdAt
    }
    connector {
      id
      name
      fields {
        name
        label
        description
        isSecret
        isRequired
        defaultValue
        pattern
        patternHelp
        minLength
      }
    }
    lastTest {
      ...TestResult
    }
  }
}
    fragment ListedCredential on Credential {
  id
  label
  project
  status
  source
  isDefault
  updatedAt
  lastUsedAt
  connector {
    id
    name
  }
  lastTest {
    id
    outcome
    stage
    testedAt
  }
}
fragment TestResult on ConnectionTest {
  id
  outcome
  stage
  code
  message
  durationMs
  testedAt
  details {
    name
    value
  }
}`) as unknown as TypedDocumentString<CredentialByIdQuery, CredentialByIdQueryVariables>;
export const TestFieldsDocument = new TypedDocumentString(`
    mutation TestFields($connector: ID!, $fields: [CredentialFieldInput!]!) {
  testCredential(input: {connector: $connector, fields: $fields}) {
    ...TestOutcome
  }
}
    fragment TestResult on ConnectionTest {
  id
  outcome
  stage
  code
  message
  durationMs
  testedAt
  details {
    name
    value
  }
}
fragment TestOutcome on TestCredentialPayload {
  connectionTest {
    ...TestResult
  }
  userErrors {
    code
    field
    message
  }
}`) as unknown as TypedDocumentString<TestFieldsMutation, TestFieldsMutationVariables>;
export const TestStoredDocument = new TypedDocumentString(`
    mutation TestStored($id: ID!) {
  testCredential(input: {credential: {id: $id}}) {
    ...TestOutcome
  }
}
    fragment TestResult on ConnectionTest {
  id
  outcome
  stage
  code
  message
  durationMs
  testedAt
  details {
    name
    value
  }
}
fragment TestOutcome on TestCredentialPayload {
  connectionTest {
    ...TestResult
  }
  userErrors {
    code
    field
    message
  }
}`) as unknown as TypedDocumentString<TestStoredMutation, TestStoredMutationVariables>;
export const SaveCredentialDocument = new TypedDocumentString(`
    mutation SaveCredential($input: SaveCredentialInput!) {
  saveCredential(input: $input) {
    ...SaveResult
  }
}
    fragment ListedCredential on Credential {
  id
  label
  project
  status
  source
  isDefault
  updatedAt
  lastUsedAt
  connector {
    id
    name
  }
  lastTest {
    id
    outcome
    stage
    testedAt
  }
}
fragment TestResult on ConnectionTest {
  id
  outcome
  stage
  code
  message
  durationMs
  testedAt
  details {
    name
    value
  }
}
fragment SaveResult on SaveCredentialPayload {
  credential {
    ...ListedCredential
  }
  connectionTest {
    ...TestResult
  }
  userErrors {
    code
    field
    message
  }
}`) as unknown as TypedDocumentString<SaveCredentialMutation, SaveCredentialMutationVariables>;
export const SaveSystemDefaultDocument = new TypedDocumentString(`
    mutation SaveSystemDefault($input: SaveCredentialInput!) {
  saveCredential: saveSystemCredential(input: $input) {
    ...SaveResult
  }
}
    fragment ListedCredential on Credential {
  id
  label
  project
  status
  source
  isDefault
  updatedAt
  lastUsedAt
  connector {
    id
    name
  }
  lastTest {
    id
    outcome
    stage
    testedAt
  }
}
fragment TestResult on ConnectionTest {
  id
  outcome
  stage
  code
  message
  durationMs
  testedAt
  details {
    name
    value
  }
}
fragment SaveResult on SaveCredentialPayload {
  credential {
    ...ListedCredential
  }
  connectionTest {
    ...TestResult
  }
  userErrors {
    code
    field
    message
  }
}`) as unknown as TypedDocumentString<SaveSystemDefaultMutation, SaveSystemDefaultMutationVariables>;
export const RestoreVersionDocument = new TypedDocumentString(`
    mutation RestoreVersion($id: ID!, $version: Int!, $test: Boolean!) {
  restoreCredentialVersion(input: {id: $id, version: $version, test: $test}) {
    ...SaveResult
  }
}
    fragment ListedCredential on Credential {
  id
  label
  project
  status
  source
  isDefault
  updatedAt
  lastUsedAt
  connector {
    id
    name
  }
  lastTest {
    id
    outcome
    stage
    testedAt
  }
}
fragment TestResult on ConnectionTest {
  id
  outcome
  stage
  code
  message
  durationMs
  testedAt
  details {
    name
    value
  }
}
fragment SaveResult on SaveCredentialPayload {
  credential {
    ...ListedCredential
  }
  connectionTest {
    ...TestResult
  }
  userErrors {
    code
    field
    message
  }
}`) as unknown as TypedDocumentString<RestoreVersionMutation, RestoreVersionMutationVariables>;
export const RevealCredentialDocument = new TypedDocumentString(`
    mutation RevealCredential($id: ID!) {
  revealCredential(input: {credential: {id: $id}}) {
    fields {
      name
      value
    }
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RevealCredentialMutation, RevealCredentialMutationVariables>;
export const MoveCredentialDocument = new TypedDocumentString(`
    mutation MoveCredential($input: MoveCredentialInput!) {
  moveCredential(input: $input) {
    credential {
      ...ListedCredential
    }
  }
}
    fragment ListedCredential on Credential {
  id
  label
  project
  status
  source
  isDefault
  updatedAt
  lastUsedAt
  connector {
    id
    name
  }
  lastTest {
    id
    outcome
    stage
    testedAt
  }
}`) as unknown as TypedDocumentString<MoveCredentialMutation, MoveCredentialMutationVariables>;
export const DeleteCredentialDocument = new TypedDocumentString(`
    mutation DeleteCredential($id: ID!) {
  deleteCredential(input: {id: $id}) {
    deletedId
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteCredentialMutation, DeleteCredentialMutationVariables>;
export const ContactsDocument = new TypedDocumentString(`
    query Contacts($first: Int!, $after: String, $search: String, $credential: CredentialSelector, $sort: RowSort, $direction: SortDirection) {
  contacts(
    first: $first
    after: $after
    search: $search
    credential: $credential
    sort: $sort
    direction: $direction
  ) {
    nodes {
      id
      upstreamId
      name
      email
      phone
      isCompany
      isActive
      upstreamUpdatedAt
      syncedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ContactsQuery, ContactsQueryVariables>;
export const ProductsDocument = new TypedDocumentString(`
    query Products($first: Int!, $after: String, $search: String, $credential: CredentialSelector, $sort: RowSort, $direction: SortDirection) {
  products(
    first: $first
    after: $after
    search: $search
    credential: $credential
    sort: $sort
    direction: $direction
  ) {
    nodes {
      id
      upstreamId
      name
      sku
      price
      isActive
      upstreamUpdatedAt
      syncedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ProductsQuery, ProductsQueryVariables>;
export const ContactCountDocument = new TypedDocumentString(`
    query ContactCount($search: String, $credential: CredentialSelector) {
  contacts(first: 1, search: $search, credential: $credential) {
    totalCount
  }
}
    `) as unknown as TypedDocumentString<ContactCountQuery, ContactCountQueryVariables>;
export const ProductCountDocument = new TypedDocumentString(`
    query ProductCount($search: String, $credential: CredentialSelector) {
  products(first: 1, search: $search, credential: $credential) {
    totalCount
  }
}
    `) as unknown as TypedDocumentString<ProductCountQuery, ProductCountQueryVariables>;
export const ContactsToExportDocument = new TypedDocumentString(`
    query ContactsToExport($first: Int!, $after: String, $search: String, $credential: CredentialSelector, $sort: RowSort, $direction: SortDirection) {
  contacts(
    first: $first
    after: $after
    search: $search
    credential: $credential
    sort: $sort
    direction: $direction
  ) {
    nodes {
      upstreamId
      name
      email
      phone
      isCompany
      isActive
      upstreamUpdatedAt
      syncedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ContactsToExportQuery, ContactsToExportQueryVariables>;
export const ProductsToExportDocument = new TypedDocumentString(`
    query ProductsToExport($first: Int!, $after: String, $search: String, $credential: CredentialSelector, $sort: RowSort, $direction: SortDirection) {
  products(
    first: $first
    after: $after
    search: $search
    credential: $credential
    sort: $sort
    direction: $direction
  ) {
    nodes {
      upstreamId
      name
      sku
      price
      isActive
      upstreamUpdatedAt
      syncedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ProductsToExportQuery, ProductsToExportQueryVariables>;
export const PortalDocument = new TypedDocumentString(`
    query Portal {
  projects {
    id
    slug
    name
    description
    isReachable
    healthCheckedAt
    launchUrl
    missingConnectors {
      id
      name
    }
    requiredConnectors {
      project
      connector {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PortalQuery, PortalQueryVariables>;
export const OdooCredentialsDocument = new TypedDocumentString(`
    query OdooCredentials($first: Int!, $after: String) {
  credentials(first: $first, after: $after, connector: "odoo") {
    nodes {
      id
      label
      project
      isDefault
      status
    }
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<OdooCredentialsQuery, OdooCredentialsQueryVariables>;
export const SyncRunsDocument = new TypedDocumentString(`
    query SyncRuns($first: Int!, $after: String, $resource: SyncResource) {
  syncRuns(first: $first, after: $after, resource: $resource) {
    nodes {
      ...RunRow
    }
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment RunRow on SyncRun {
  id
  resource
  status
  isFull
  total
  processed
  created
  updated
  deleted
  errorCode
  errorMessage
  createdAt
  startedAt
  finishedAt
  credential {
    id
    label
  }
}`) as unknown as TypedDocumentString<SyncRunsQuery, SyncRunsQueryVariables>;
export const SyncRunByIdDocument = new TypedDocumentString(`
    query SyncRunById($id: ID!) {
  syncRun(id: $id) {
    ...RunRow
  }
}
    fragment RunRow on SyncRun {
  id
  resource
  status
  isFull
  total
  processed
  created
  updated
  deleted
  errorCode
  errorMessage
  createdAt
  startedAt
  finishedAt
  credential {
    id
    label
  }
}`) as unknown as TypedDocumentString<SyncRunByIdQuery, SyncRunByIdQueryVariables>;
export const SyncRunLiveDocument = new TypedDocumentString(`
    subscription SyncRunLive($id: ID!) {
  syncRunProgress(id: $id) {
    ...RunRow
  }
}
    fragment RunRow on SyncRun {
  id
  resource
  status
  isFull
  total
  processed
  created
  updated
  deleted
  errorCode
  errorMessage
  createdAt
  startedAt
  finishedAt
  credential {
    id
    label
  }
}`) as unknown as TypedDocumentString<SyncRunLiveSubscription, SyncRunLiveSubscriptionVariables>;
export const StartContactsDocument = new TypedDocumentString(`
    mutation StartContacts($input: SyncInput!) {
  syncContactsFromOdoo(input: $input) {
    success
    errors
    run {
      ...RunRow
    }
  }
}
    fragment RunRow on SyncRun {
  id
  resource
  status
  isFull
  total
  processed
  created
  updated
  deleted
  errorCode
  errorMessage
  createdAt
  startedAt
  finishedAt
  credential {
    id
    label
  }
}`) as unknown as TypedDocumentString<StartContactsMutation, StartContactsMutationVariables>;
export const StartProductsDocument = new TypedDocumentString(`
    mutation StartProducts($input: SyncInput!) {
  syncProductsFromOdoo(input: $input) {
    success
    errors
    run {
      ...RunRow
    }
  }
}
    fragment RunRow on SyncRun {
  id
  resource
  status
  isFull
  total
  processed
  created
  updated
  deleted
  errorCode
  errorMessage
  createdAt
  startedAt
  finishedAt
  credential {
    id
    label
  }
}`) as unknown as TypedDocumentString<StartProductsMutation, StartProductsMutationVariables>;
export const CancelRunDocument = new TypedDocumentString(`
    mutation CancelRun($id: ID!) {
  cancelSync(input: {id: $id}) {
    run {
      ...RunRow
    }
    userErrors {
      message
    }
  }
}
    fragment RunRow on SyncRun {
  id
  resource
  status
  isFull
  total
  processed
  created
  updated
  deleted
  errorCode
  errorMessage
  createdAt
  startedAt
  finishedAt
  credential {
    id
    label
  }
}`) as unknown as TypedDocumentString<CancelRunMutation, CancelRunMutationVariables>;
export const SignInDocument = new TypedDocumentString(`
    mutation SignIn($input: LoginInput!) {
  login(input: $input) {
    ...SessionTokens
  }
}
    fragment SessionTokens on SessionPayload {
  accessToken
  refreshToken
  expiresAt
  user {
    id
    username
    email
    role
    secondFactorSince
  }
  requiredStep
  userErrors {
    code
    field
    message
  }
}`) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const SignUpDocument = new TypedDocumentString(`
    mutation SignUp($input: RegisterInput!) {
  register(input: $input) {
    ...SessionTokens
  }
}
    fragment SessionTokens on SessionPayload {
  accessToken
  refreshToken
  expiresAt
  user {
    id
    username
    email
    role
    secondFactorSince
  }
  requiredStep
  userErrors {
    code
    field
    message
  }
}`) as unknown as TypedDocumentString<SignUpMutation, SignUpMutationVariables>;
export const RenewSessionDocument = new TypedDocumentString(`
    mutation RenewSession($refreshToken: String) {
  refreshSession(refreshToken: $refreshToken) {
    ...SessionTokens
  }
}
    fragment SessionTokens on SessionPayload {
  accessToken
  refreshToken
  expiresAt
  user {
    id
    username
    email
    role
    secondFactorSince
  }
  requiredStep
  userErrors {
    code
    field
    message
  }
}`) as unknown as TypedDocumentString<RenewSessionMutation, RenewSessionMutationVariables>;
export const SignOutDocument = new TypedDocumentString(`
    mutation SignOut {
  logout
}
    `) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
export const ConfirmPasswordDocument = new TypedDocumentString(`
    mutation ConfirmPassword($password: String!, $code: String) {
  confirmPassword(password: $password, code: $code) {
    session {
      id
      confirmedUntil
    }
    userErrors {
      code
      field
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ConfirmPasswordMutation, ConfirmPasswordMutationVariables>;
export const GatewayFactsDocument = new TypedDocumentString(`
    query GatewayFacts {
  gateway {
    isRegistrationOpen
    passwordMinBytes
  }
}
    `) as unknown as TypedDocumentString<GatewayFactsQuery, GatewayFactsQueryVariables>;
export const AttentionDocument = new TypedDocumentString(`
    query Attention($shown: Int!, $first: Int!) {
  refused: credentials(first: $shown, statuses: [EXPIRED, INVALID]) {
    totalCount
    nodes {
      ...NeedingAttention
    }
  }
  credentials(first: $first, statuses: [VALID, UNTESTED, UNREACHABLE]) {
    nodes {
      ...NeedingAttention
    }
  }
}
    fragment NeedingAttention on Credential {
  id
  label
  status
  connector {
    id
    name
  }
}`) as unknown as TypedDocumentString<AttentionQuery, AttentionQueryVariables>;