import { USER_PASSWORD } from "../support/gateway.ts";
import type { World } from "./world.ts";

/**
 * The verdict on every operation for every kind of viewer. One line an operation: its name (what follows in brackets tells
 * apart several inputs of one operation), the permission that it needs, and what each kind of viewer gets:
 * `OK`; `none` (an empty list) or `null` (no such thing, as far as they are told); else the status of the refusal
 * (401 UNAUTHENTICATED, 403 FORBIDDEN, 404 NOT_FOUND, 400 BAD_USER_INPUT ...). The columns are explained in `viewers.ts`.
 */
export const VERDICTS = `
operation                                              | needs                   | anon bad  ended off  gone owner other admin former issuer fit  conn proj name lack env
Query.me                                               | account:read            | null null null  null null OK    OK    OK    OK     OK     null null null null null null
Query.gateway                                          | gateway:read            | OK   OK   OK     OK   OK   OK    OK    OK    OK     OK     403  403  403  403  403  OK
Query.currentSession                                   | account:read            | null null null   null null OK    OK    OK    OK     null   null null null null null null
Query.sessions                                         | account:read            | 401  401  401   401  401  OK    OK    OK    OK     none   403  403  403  403  403  401
Query.secondFactor                                     | account:read            | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Query.users                                            | user:read               | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Query.serviceTokens                                    | service-token:read      | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Query.auditEvents                                      | audit:read              | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Query.auditChains                                      | audit:read-all          | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Query.auditVerification                                | audit:read-all          | 401  401  401   401  401  403   403   null  403    403    403  403  403  403  403  401
Query.auditStatistics                                  | audit:read-all          | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Query.keys                                             | key:read                | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Query.keyRotation                                      | key:read                | 401  401  401   401  401  403   403   null  403    403    403  403  403  403  403  401
Query.settings                                         | settings:read           | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Query.usage                                            | metrics:read            | 401  401  401   401  401  403   403   OK    403    403    OK   OK   OK   OK   403  401
Query.connectors                                       | connector:read          | OK   OK   OK    OK   OK   OK    OK    OK    OK     OK     OK   OK   OK   OK   403  OK
Query.projects                                         | project:read            | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Query.projects (archived too)                          | project:write           | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Query.credential                                       | credential:read         | 401  401  401   401  401  OK    null  null  null   null   OK   null null null 403  401
Query.credential (a system default)                    | credential:read         | 401  401  401   401  401  null  null  OK    null   null   null null null null 403  401
Query.credentials                                      | credential:read         | 401  401  401   401  401  OK    none  OK    none   none   OK   none none none 403  401
Query.contacts                                         | sync:read               | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
Query.contacts (without a credential)                  | sync:read               | 401  401  401   401  401  OK    none  none  none   none   400  400  400  400  403  401
Query.products                                         | sync:read               | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
Query.syncRun                                          | sync:read               | 401  401  401   401  401  OK    null  null  null   null   OK   null null null 403  401
Query.syncRuns                                         | sync:read               | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
Query.syncRuns (all of one's own)                      | sync:read               | 401  401  401   401  401  OK    none  none  none   none   none none none none 403  401
Query.node (a user)                                    | user:read               | null null null  null null OK    null  OK    null   null   null null null null null null
Query.node (a session)                                 | account:read            | null null null  null null OK    null  null  null   null   null null null null null null
Query.node (a service token)                           | service-token:read      | null null null  null null null  null  OK    null   null   null null null null null null
Query.node (an audit event)                            | audit:read              | 401  401  401   401  401  OK    null  OK    null   null   403  403  403  403  403  401
Query.node (a project)                                 | project:read            | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Query.node (a credential)                              | credential:read         | 401  401  401   401  401  OK    null  null  null   null   OK   null null null 403  401
Query.node (a connection test)                         | credential:read         | 401  401  401   401  401  OK    null  null  null   null   OK   null null null 403  401
Query.node (a sync run)                                | sync:read               | 401  401  401   401  401  OK    null  null  null   null   OK   null null null 403  401
Query.node (a contact)                                 | sync:read               | 401  401  401   401  401  OK    null  null  null   null   OK   null null null 403  401
Query.node (a product)                                 | sync:read               | 401  401  401   401  401  OK    null  null  null   null   OK   null null null 403  401
Query.nodes (a credential)                             | credential:read         | 401  401  401   401  401  OK    none  none  none   none   OK   none none none 403  401
GET /health                                            | -                       | OK   OK   OK    OK   OK   OK    OK    OK    OK     OK     OK   OK   OK   OK   OK   OK
GET /health/ready                                      | -                       | OK   OK   OK    OK   OK   OK    OK    OK    OK     OK     OK   OK   OK   OK   OK   OK
GET /.well-known/jwks.json                             | -                       | OK   OK   OK    OK   OK   OK    OK    OK    OK     OK     OK   OK   OK   OK   OK   OK
GET /openapi.json                                      | -                       | OK   OK   OK    OK   OK   OK    OK    OK    OK     OK     OK   OK   OK   OK   OK   OK
GET /metrics                                           | metrics:read            | 401  401  401   401  401  403   403   OK    403    403    OK   OK   OK   OK   403  403
GET /me                                                | account:read            | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  403
GET /protected                                         | account:read            | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  403
GET /api_keys                                          | credential:read         | 401  401  401   401  401  none  none  none  none   none   403  403  403  403  403  403
GET /api/credentials                                   | credential:read         | 401  401  401   401  401  OK    none  none  none   none   OK   none none none 403  403
GET /api/credentials (one, with its secrets)           | credential:reveal       | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  403
GET /api/user/credentials                              | credential:read         | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  403
GET /api/v1/credentials/{username}/{app_name}          | credential:reveal       | 401  401  401   401  401  401   401   401   401    401    OK   404  404  404  403  OK
GET /api/v1/profile/odoo-credentials                   | credential:reveal       | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  403
ANY /api/call/{credentialId}/{path}                    | upstream:call           | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  403
ANY /api/user/call/{path}                              | upstream:call           | 401  401  401   401  401  OK    404   404   404    404    400  400  400  400  403  403
POST /api/user/token                                   | upstream:token          | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  403
Mutation.register                                      | account:create          | OK   OK   OK    OK   OK   OK    OK    OK    OK     OK     403  403  403  403  403  OK
Mutation.createUser                                    | user:create             | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.login                                         | session:create          | OK   OK   OK    OK   OK   OK    OK    OK    OK     OK     403  403  403  403  403  OK
Mutation.refreshSession                                | session:create          | OK   OK   OK    OK   OK   OK    OK    OK    OK     OK     403  403  403  403  403  OK
Mutation.changePassword                                | account:write           | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Mutation.confirmPassword                               | account:write           | 401  401  401    401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Mutation.startSecondFactor                             | account:write           | 401  401  401   401  401  OK    OK    OK    OK     403    403  403  403  403  403  401
Mutation.enableSecondFactor                            | account:write           | 401  401  401   401  401  OK    OK    OK    OK     403    403  403  403  403  403  401
Mutation.disableSecondFactor                           | account:write           | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Mutation.renewRecoveryCodes                            | account:write           | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Mutation.endSession                                    | session:end             | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  401
Mutation.setUserActive                                 | user:write              | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.changeUserRole                                | user:write              | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.resetUserPassword                             | user:write              | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.resetUserSecondFactor                         | user:write              | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.endUserSessions                               | user:write              | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.deleteUser                                    | user:write              | 401  401  401    401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.verifyAuditChain                              | audit:verify            | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.startKeyRotation                              | key:rotate              | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.createServiceToken                            | service-token:write     | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.revokeServiceToken                            | service-token:write     | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.saveCredential                                | credential:write        | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Mutation.saveSystemCredential                          | system-credential:write | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.restoreCredentialVersion                      | credential:write        | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  401
Mutation.restoreCredentialVersion (a system default)   | credential:write        | 401  401  401   401  401  404   404   OK    404    404    403  403  403  403  403  401
Mutation.moveCredential                                | credential:write        | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  401
Mutation.moveCredential (a system default)             | credential:write        | 401  401  401   401  401  404   404   OK    404    404    403  403  403  403  403  401
Mutation.testCredential                                | credential:test         | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  401
Mutation.testCredential (a system default)             | credential:test         | 401  401  401   401  401  404   404   OK    404    404    403  403  403  403  403  401
Mutation.testCredential (not stored)                   | credential:test         | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Mutation.revealCredential                              | credential:reveal       | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
Mutation.revealCredential (a system default)           | credential:reveal       | 401  401  401   401  401  404   404   OK    404    404    404  404  404  404  403  401
Mutation.revealCredential (by connector and user name) | credential:reveal       | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
Mutation.issueAccessToken                              | upstream:token          | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
Mutation.callUpstream                                  | upstream:call           | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
Mutation.syncContactsFromOdoo                          | sync:run                | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
Mutation.syncProductsFromOdoo                          | sync:run                | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
Mutation.sync_contacts_from_odoo                       | sync:run                | 401  401  401   401  401  OK    OK    OK    OK     OK     400  400  400  400  403  401
Mutation.cancelSync                                    | sync:run                | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
Mutation.saveProject                                   | project:write           | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Subscription.syncRunProgress                           | sync:read               | 401  401  401   401  401  OK    404   404   404    404    OK   404  404  404  403  401
PUT /api/credentials/{id}                              | credential:write        | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  403
DELETE /api/credentials/{id}                           | credential:delete       | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  403
DELETE /api/user/credentials                           | credential:delete       | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  403
DELETE /api/v1/profile/odoo-credentials                | credential:delete       | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  403
DELETE /api_keys/{model_name}                          | credential:delete       | 401  401  401   401  401  404   404   404   404    404    403  403  403  403  403  403
POST /api/credentials                                  | credential:write        | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  403
PUT /api/user/credentials                              | credential:write        | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  403
POST /set_api_key                                      | credential:write        | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  403
POST /api/v1/profile/odoo-credentials                  | credential:write        | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  403
POST /api/v1/profile/odoo-credentials/test             | credential:test         | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  403
POST /register                                         | account:create          | 400  400  400   400  400  400   400   400   400    400    403  403  403  403  403  403
POST /login                                            | session:create          | OK   OK   OK    OK   OK   OK    OK    OK    OK     OK     403  403  403  403  403  403
POST /api/v1/auth/token                                | session:create          | OK   OK   OK    OK   OK   OK    OK    OK    OK     OK     403  403  403  403  403  403
Mutation.deleteCredential                              | credential:delete       | 401  401  401   401  401  OK    404   404   404    404    403  403  403  403  403  401
Mutation.deleteCredential (a system default)           | credential:delete       | 401  401  401   401  401  404   404   OK    404    404    403  403  403  403  403  401
Mutation.deleteProject                                 | project:write           | 401  401  401   401  401  403   403   OK    403    403    403  403  403  403  403  401
Mutation.logout                                        | session:end             | 401  401  401   401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
Mutation.endOtherSessions                              | session:end             | 401  401  401    401  401  OK    OK    OK    OK     OK     403  403  403  403  403  401
`;

export type CellInput = {
  /** Variables of a GraphQL operation, in place of those that are made up. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** JSON or form body, and query string, of a route. */
  readonly json?: unknown;
  readonly form?: Record<string, string>;
  readonly query?: string;
  /** True for what ends the caller's session: each caller comes with another one. */
  readonly endsSession?: boolean;
};

const LOGIN = { email: "ada@example.test", password: "a password of ada" };

function byId(record: string) {
  return ({ records }: World): CellInput => ({ variables: { id: records[record] } });
}

function byCredential(record: string) {
  return ({ records }: World): CellInput => ({ variables: { input: { credential: { id: records[record] } } } });
}

function odooLogin({ odooUrl }: World): CellInput {
  const login = { odoo_username: "admin", odoo_password: "admin", odoo_database: "odoo_db", odoo_url: odooUrl };
  return { json: login };
}

/** What an operation is asked with, where what is made up (`variablesFor`) would not do. */
export const INPUTS: Readonly<Record<string, (world: World) => CellInput>> = {
  "Query.projects (archived too)": () => ({ variables: { includeArchived: true } }),
  "Query.credential (a system default)": byId("systemCredential"),
  "Query.contacts (without a credential)": () => ({ variables: {} }),
  "Query.syncRuns (all of one's own)": () => ({ variables: {} }),
  "Query.node (a user)": byId("ada"),
  "Query.node (a session)": byId("session"),
  "Query.node (a service token)": byId("serviceToken"),
  "Query.node (an audit event)": byId("event"),
  "Query.node (a project)": byId("project"),
  "Query.node (a credential)": byId("credential"),
  "Query.node (a connection test)": byId("test"),
  "Query.node (a sync run)": byId("run"),
  "Query.node (a contact)": byId("contact"),
  "Query.node (a product)": byId("product"),
  "Query.nodes (a credential)": ({ records }) => ({ variables: { ids: [records.credential] } }),
  "GET /api/credentials (one, with its secrets)": () => ({ query: "credentialType=app-login&projectId=qa&username=ada" }),
  // No password has so many characters: it is refused before it is hashed.
  "Mutation.login": () => ({ variables: { input: { username: "ada", password: "x".repeat(1_100) } } }),
  "Mutation.saveCredential": () => ({ variables: { input: { connector: "app-login", fields: [] } } }),
  "Mutation.saveSystemCredential": () => ({ variables: { input: { connector: "app-login", fields: [] } } }),
  "Mutation.restoreCredentialVersion (a system default)": ({ records }) => ({
    variables: { input: { id: records.systemCredential, version: 1, test: false } },
  }),
  "Mutation.moveCredential (a system default)": ({ records }) => ({
    variables: { input: { id: records.systemCredential, label: "moved" } },
  }),
  "Mutation.testCredential (a system default)": byCredential("systemCredential"),
  "Mutation.testCredential (not stored)": () => ({ variables: { input: { connector: "app-login", fields: [] } } }),
  "Mutation.revealCredential (a system default)": byCredential("systemCredential"),
  "Mutation.revealCredential (by connector and user name)": () => ({
    variables: { input: { credential: { connector: "app-login", project: "qa", username: "ada" } } },
  }),
  "Mutation.issueAccessToken": byCredential("loginApi"),
  "Mutation.callUpstream": ({ records }) => ({
    variables: { input: { credential: { id: records.loginApi }, path: "things" } },
  }),
  "Mutation.deleteCredential": ({ records }) => ({ variables: { input: { id: records.spareCredential } } }),
  "Mutation.deleteCredential (a system default)": ({ records }) => ({ variables: { input: { id: records.systemCredential } } }),
  "Mutation.logout": () => ({ endsSession: true }),
  "PUT /api/credentials/{id}": () => ({ json: { credentials: LOGIN } }),
  "POST /api/credentials": () => ({ json: { credentialType: "app-login", projectId: "new", credentials: LOGIN } }),
  "PUT /api/user/credentials": () => ({ json: { api_auth_email: LOGIN.email, api_auth_password: LOGIN.password } }),
  "POST /set_api_key": () => ({ json: { model_name: "mistral", api_key: "a-key-of-a-model" } }),
  "POST /api/v1/profile/odoo-credentials": odooLogin,
  "POST /api/v1/profile/odoo-credentials/test": odooLogin,
  // Too short a password: who may register hears of that.
  "POST /register": () => ({ json: { username: "zoe", password: "short" } }),
  "POST /login": () => ({ form: { username: "bob", password: USER_PASSWORD } }),
  "POST /api/v1/auth/token": () => ({ form: { username: "bob", password: USER_PASSWORD } }),
};
