/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type CredentialStatus =
  | 'EXPIRED'
  | 'INVALID'
  | 'UNREACHABLE'
  /** The stored secret cannot be opened: it was changed, moved, or its key is missing. */
  | 'UNREADABLE'
  | 'UNTESTED'
  | 'VALID';

export type LoginInput = {
  password: string;
  username: string;
};

export type RegisterInput = {
  email?: string | null | undefined;
  /** 8 to 1,024 bytes, taken exactly as typed. */
  password: string;
  /** 1 to 64 characters. */
  username: string;
};

/** What a user may do: ADMIN everything, USER what is their own. */
export type Role =
  | 'ADMIN'
  | 'USER';

export type PortalQueryVariables = Exact<{ [key: string]: never; }>;


export type PortalQuery = { projects: Array<{ id: string, slug: string, name: string, description: string, isReachable: boolean | null, healthCheckedAt: string | null, launchUrl: string | null, missingConnectors: Array<{ id: string, name: string }>, requiredConnectors: Array<{ project: string | null, connector: { id: string } }> }> };

export type SessionTokensFragment = { accessToken: string | null, refreshToken: string | null, expiresAt: string | null, user: { id: string, username: string, email: string | null, role: Role } | null, userErrors: Array<{ code: string, field: string | null, message: string }> };

export type SignInMutationVariables = Exact<{
  input: LoginInput;
}>;


export type SignInMutation = { login: { accessToken: string | null, refreshToken: string | null, expiresAt: string | null, user: { id: string, username: string, email: string | null, role: Role } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type SignUpMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type SignUpMutation = { register: { accessToken: string | null, refreshToken: string | null, expiresAt: string | null, user: { id: string, username: string, email: string | null, role: Role } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type RenewSessionMutationVariables = Exact<{
  refreshToken?: string | null | undefined;
}>;


export type RenewSessionMutation = { refreshSession: { accessToken: string | null, refreshToken: string | null, expiresAt: string | null, user: { id: string, username: string, email: string | null, role: Role } | null, userErrors: Array<{ code: string, field: string | null, message: string }> } | null };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { logout: boolean };

export type AttentionQueryVariables = Exact<{
  first: number;
}>;


export type AttentionQuery = { credentials: { nodes: Array<{ id: string, label: string, status: CredentialStatus, connector: { id: string, name: string } }> } };

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
  }
  userErrors {
    code
    field
    message
  }
}
    `, {"fragmentName":"SessionTokens"}) as unknown as TypedDocumentString<SessionTokensFragment, unknown>;
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
  }
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
  }
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
  }
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
export const AttentionDocument = new TypedDocumentString(`
    query Attention($first: Int!) {
  credentials(first: $first) {
    nodes {
      id
      label
      status
      connector {
        id
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AttentionQuery, AttentionQueryVariables>;