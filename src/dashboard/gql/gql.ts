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
    "query Portal {\n  projects {\n    id\n    slug\n    name\n    description\n    isReachable\n    healthCheckedAt\n    launchUrl\n    missingConnectors {\n      id\n      name\n    }\n    requiredConnectors {\n      project\n      connector {\n        id\n      }\n    }\n  }\n}": typeof types.PortalDocument,
    "fragment SessionTokens on SessionPayload {\n  accessToken\n  refreshToken\n  expiresAt\n  user {\n    id\n    username\n    email\n    role\n  }\n  userErrors {\n    code\n    field\n    message\n  }\n}\n\nmutation SignIn($input: LoginInput!) {\n  login(input: $input) {\n    ...SessionTokens\n  }\n}\n\nmutation SignUp($input: RegisterInput!) {\n  register(input: $input) {\n    ...SessionTokens\n  }\n}\n\nmutation RenewSession($refreshToken: String) {\n  refreshSession(refreshToken: $refreshToken) {\n    ...SessionTokens\n  }\n}\n\nmutation SignOut {\n  logout\n}": typeof types.SessionTokensFragmentDoc,
    "query Attention($first: Int!) {\n  credentials(first: $first) {\n    nodes {\n      id\n      label\n      status\n      connector {\n        id\n        name\n      }\n    }\n  }\n}": typeof types.AttentionDocument,
};
const documents: Documents = {
    "query Portal {\n  projects {\n    id\n    slug\n    name\n    description\n    isReachable\n    healthCheckedAt\n    launchUrl\n    missingConnectors {\n      id\n      name\n    }\n    requiredConnectors {\n      project\n      connector {\n        id\n      }\n    }\n  }\n}": types.PortalDocument,
    "fragment SessionTokens on SessionPayload {\n  accessToken\n  refreshToken\n  expiresAt\n  user {\n    id\n    username\n    email\n    role\n  }\n  userErrors {\n    code\n    field\n    message\n  }\n}\n\nmutation SignIn($input: LoginInput!) {\n  login(input: $input) {\n    ...SessionTokens\n  }\n}\n\nmutation SignUp($input: RegisterInput!) {\n  register(input: $input) {\n    ...SessionTokens\n  }\n}\n\nmutation RenewSession($refreshToken: String) {\n  refreshSession(refreshToken: $refreshToken) {\n    ...SessionTokens\n  }\n}\n\nmutation SignOut {\n  logout\n}": types.SessionTokensFragmentDoc,
    "query Attention($first: Int!) {\n  credentials(first: $first) {\n    nodes {\n      id\n      label\n      status\n      connector {\n        id\n        name\n      }\n    }\n  }\n}": types.AttentionDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Portal {\n  projects {\n    id\n    slug\n    name\n    description\n    isReachable\n    healthCheckedAt\n    launchUrl\n    missingConnectors {\n      id\n      name\n    }\n    requiredConnectors {\n      project\n      connector {\n        id\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').PortalDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment SessionTokens on SessionPayload {\n  accessToken\n  refreshToken\n  expiresAt\n  user {\n    id\n    username\n    email\n    role\n  }\n  userErrors {\n    code\n    field\n    message\n  }\n}\n\nmutation SignIn($input: LoginInput!) {\n  login(input: $input) {\n    ...SessionTokens\n  }\n}\n\nmutation SignUp($input: RegisterInput!) {\n  register(input: $input) {\n    ...SessionTokens\n  }\n}\n\nmutation RenewSession($refreshToken: String) {\n  refreshSession(refreshToken: $refreshToken) {\n    ...SessionTokens\n  }\n}\n\nmutation SignOut {\n  logout\n}"): typeof import('./graphql.ts').SessionTokensFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Attention($first: Int!) {\n  credentials(first: $first) {\n    nodes {\n      id\n      label\n      status\n      connector {\n        id\n        name\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').AttentionDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
