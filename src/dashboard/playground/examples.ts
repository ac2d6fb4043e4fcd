/** A tab that the playground opens with. */
export type Example = { readonly query: string; readonly variables?: string; readonly headers?: string };

const json = (value: unknown) => JSON.stringify(value, null, 2);

const REGISTER = `# Postern: register once, or sign in below. The access token of the answer goes with all
# that you send next from this page; the header editor (below, "Headers") overrides it.
mutation Register($input: RegisterInput!) {
  register(input: $input) {
    accessToken
    expiresAt
    user { id username role }
    userErrors { field message }
  }
}

mutation SignIn($username: String!, $password: String!) {
  login(input: { username: $username, password: $password }) {
    accessToken
    user { id username role }
    userErrors { message }
  }
}
`;

const CONNECTORS = `# What each kind of upstream needs, and what Postern can do with it.
query Connectors {
  connectors {
    id
    name
    description
    capabilities
    fields { name label isSecret isRequired defaultValue description }
  }
}
`;

const SAVE = `# The credential is tried at the upstream first: what fails the test is not stored.
mutation SaveOdoo($input: SaveCredentialInput!) {
  saveCredential(input: $input) {
    credential { id status version isDefault fields { name value isSet } }
    connectionTest { outcome stage code message durationMs details { name value } }
    userErrors { field message }
  }
}

# Try without storing anything.
mutation TryOdoo($connector: ID!, $fields: [CredentialFieldInput!]) {
  testCredential(input: { connector: $connector, fields: $fields }) {
    connectionTest { outcome stage message }
  }
}
`;

const ODOO_FIELDS = [
  { name: "url", value: "http://localhost:8069" },
  { name: "database", value: "odoo_db" },
  { name: "username", value: "admin" },
  { name: "password", value: "" },
];

const SYNC = `mutation SyncContacts {
  syncContactsFromOdoo {
    success
    message
    errors
    run { id status processed created updated deleted }
  }
}

# Answers at once; watch the run with the subscription below.
mutation SyncInBackground {
  syncContactsFromOdoo(input: { background: true }) { success run { id } }
}

subscription Watch($run: ID!) {
  syncRunProgress(id: $run) { status processed total created updated deleted }
}
`;

const CONTACTS = `query Contacts($search: String, $first: Int, $after: String) {
  contacts(search: $search, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { name email phone isCompany isActive upstreamUpdatedAt }
  }
}
`;

const REVEAL = `query Credentials {
  credentials(first: 20) {
    totalCount
    nodes { id connector { id } project label isDefault status lastTest { outcome testedAt } versions { version createdAt } }
  }
}

# The secret in the clear, to its owner. Every time is recorded before the answer leaves.
mutation Reveal {
  revealCredential(input: { credential: { connector: "odoo" } }) { fields { name value } }
}

query WhatHappened {
  auditEvents(first: 10) { nodes { createdAt action outcome actorType targetType } }
}
`;

/** From the first account to the first contacts, one task a tab. */
export const EXAMPLES: readonly Example[] = [
  {
    query: REGISTER,
    variables: json({ input: { username: "ada", password: "" }, username: "ada", password: "" }),
    headers: json({}),
  },
  { query: CONNECTORS },
  {
    query: SAVE,
    variables: json({ input: { connector: "odoo", fields: ODOO_FIELDS }, connector: "odoo", fields: ODOO_FIELDS }),
  },
  { query: SYNC, variables: json({ run: "run_" }) },
  { query: CONTACTS, variables: json({ search: "", first: 10, after: null }) },
  { query: REVEAL },
];
