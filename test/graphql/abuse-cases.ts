/** One request to `/graphql`: its body as it is sent, JSON unless it is a text already, and headers of its own. */
export type Abuse = { readonly name: string; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };

const many = (count: number, text: (index: number) => string, between = " ") =>
  Array.from({ length: count }, (_, index) => text(index)).join(between);
const query = (name: string, text: string, variables?: unknown): Abuse => ({ name, body: { query: text, variables } });
/** Three whole pages, each with lists in it. */
const largePages = (first: string) =>
  many(3, (i) => `a${i}: credentials(first: ${first}) { nodes { versions { version } fields { name } } }`);
const nest = (count: number, open: string, inner: string, close: string) => open.repeat(count) + inner + close.repeat(count);

const TOO_MUCH: readonly Abuse[] = [
  ...[1_001, 5_000, 60_000].map((count) => query(`${count} fields`, `{ ${"__typename ".repeat(count)} }`)),
  ...[31, 100, 400].flatMap((count) => [
    query(`${count} aliases`, `{ ${many(count, (i) => `a${i}: me { id }`)} }`),
    query(`${count} aliases of __typename`, `{ ${many(count, (i) => `a${i}: __typename`)} }`),
    query(`${count} aliases below a field`, `{ me { ${many(count, (i) => `a${i}: id`)} } }`),
  ]),
  query(
    "aliases spread over fragments",
    `{ ${many(4, (i) => `...F${i}`)} } ${many(4, (f) => `fragment F${f} on Query { ${many(8, (i) => `a${f}${i}: __typename`)} }`)}`,
  ),
  query(
    "aliases spread over operations",
    many(4, (o) => `query Q${o} { ${many(8, (i) => `a${o}${i}: __typename`)} }`),
  ),
  ...[52, 400].flatMap((count) => [
    query(`${count} repetitions`, `{ ${"__typename ".repeat(count)} }`),
    query(`${count} repetitions below a field`, `{ me { ${"id ".repeat(count)} } }`),
  ]),
  query("repetitions with selections", `{ ${"me { id } ".repeat(120)} }`),
  query("repetitions within repetitions", `{ ${many(14, () => `credentials { nodes { ${"fields { name } ".repeat(14)} } }`)} }`),
  query("repeated spreads", `{ ${"...F ".repeat(60)} } fragment F on Query { __typename }`),
  ...[11, 150, 450].flatMap((count) => [
    query(`${count} directives on a field`, `{ me ${"@skip(if: false) ".repeat(Math.min(count, 150))} { id } }`),
    query(`${count} unknown directives`, `{ me ${"@x ".repeat(count)} { id } }`),
  ]),
  query("directives on an operation", `query ${"@x ".repeat(40)} { me { id } }`),
  query("directives on fragments", `{ ${"...F @include(if: true) ".repeat(12)} } fragment F on Query { __typename }`),
  query("11 fragments", `{ ${many(11, (i) => `...F${i}`)} } ${many(11, (i) => `fragment F${i} on Query { __typename }`)}`),
  query("100 fragments", `{ ${many(100, (i) => `...F${i}`)} } ${many(100, (i) => `fragment F${i} on Query { me { id } }`)}`),
  query("unused fragments", `{ me { id } } ${many(120, (i) => `fragment F${i} on Query { __typename }`)}`),
  ...[21, 190].map((count) => query(`${count} variables`, `query (${many(count, (i) => `$v${i}: Int`)}) { me { id } }`)),
  query("variables with defaults", `query (${many(60, (i) => `$v${i}: [Int] = [1, 2, 3]`)}) { me { id } }`),
  ...[6, 100].map((count) => ({
    name: `${count} operations`,
    body: { query: many(count, (i) => `query Q${i} { me { id } }`), operationName: "Q0" },
  })),
  { name: "many operations and none named", body: { query: many(5, (i) => `query Q${i} { me { id } }`) } },
  { name: "two operations of one name", body: { query: "query A { me { id } } query A { me { id } }", operationName: "A" } },
  query("pages that cost too much", `{ ${largePages("100")} }`),
  query("pages as large as integers are", `{ ${largePages("2147483647")} }`),
  query("pages beyond integers", `{ ${largePages("9".repeat(100))} }`),
  query("pages by a variable", `query ($n: Int) { ${largePages("$n")} }`, { n: 100 }),
  query("pages by a variable's default", `query ($n: Int = 100) { ${largePages("$n")} }`),
  query("many pages", `{ ${many(12, (i) => `a${i}: contacts(first: 100) { nodes { id } }`)} }`),
  query(
    "many pages in fragments",
    `{ ${many(6, (i) => `...F${i}`)} } ${many(6, (f) => `fragment F${f} on Query { ${many(2, (i) => `a${f}${i}: auditEvents(first: 100) { edges { node { id } } }`)} }`)}`,
  ),
  query(
    "a page in a fragment that is spread often",
    `{ ${many(12, (i) => `a${i}: credentials(first: 100) { ...F }`)} } fragment F on CredentialConnection { nodes { id } }`,
  ),
];

const TOO_DEEP: readonly Abuse[] = [
  ...[8, 30, 150].flatMap((count) => [
    query(`${count} inline fragments`, `{ ${nest(count, "... { ", "me { id }", " }")} }`),
    query(`${count} inline fragments on Query`, `{ ${nest(count, "... on Query { ", "me { id }", " }")} }`),
    query(`${count} inline fragments on Node`, `{ node(id: "x") { ${nest(count, "... on Node { ", "id", " }")} } }`),
  ]),
  query(
    "fragments in a row",
    `{ ...F0 } ${many(9, (i) => `fragment F${i} on Query { ...F${i + 1} }`)} fragment F9 on Query { me { id } }`,
  ),
  ...[17, 60, 300].map((count) =>
    query(`${count} types of types`, `{ __schema { types { ${nest(count, "ofType { ", "name", " }")} } } }`),
  ),
  query("fields of types of fields", `{ __schema { types { ${nest(6, "fields { type { ", "name", " } }")} } } }`),
  query(
    "possible types of possible types",
    `{ __type(name: "Node") { ${nest(8, "possibleTypes { interfaces { ", "name", " } }")} } }`,
  ),
  query(
    "the whole schema thirty times",
    `{ ${many(30, (i) => `a${i}: __schema { types { fields { args { name type { name } } type { name } } } }`)} }`,
  ),
  ...[2, 3, 4, 5].flatMap((spreads) => [
    query(
      `fragments that spread ${spreads} times the next`,
      `{ ...F0 } ${many(9, (i) => `fragment F${i} on Query { ${`...F${i + 1} `.repeat(spreads)} }`)} fragment F9 on Query { __typename }`,
    ),
    query(
      `fragments of the schema that spread ${spreads} times the next`,
      `{ __schema { types { ...F0 } } } ${many(9, (i) => `fragment F${i} on __Type { ${many(spreads, (s) => `a${s}: ofType { ...F${i + 1} }`)} }`)} fragment F9 on __Type { name }`,
    ),
  ]),
  query(
    "fragments beyond the limit that spread twice the next",
    `{ ...F0 } ${many(80, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F80 on Query { __typename }`,
  ),
  query("a fragment that spreads itself", "{ me { ...F } } fragment F on User { ...F }"),
  query(
    "fragments in a circle",
    `{ me { ...F0 } } ${many(9, (i) => `fragment F${i} on User { ...F${(i + 1) % 9} ...F${(i + 4) % 9} }`)}`,
  ),
  query("a circle through fields", "{ __schema { types { ...F } } } fragment F on __Type { ofType { ...F } }"),
  query(
    "a circle within introspection and outside",
    "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A __schema { types { name } } }",
  ),
];

const LITERALS: readonly Abuse[] = [
  ...[400, 20_000, 120_000].flatMap((count) => [
    query(`a list ${count} deep`, `{ projects(includeArchived: ${nest(count, "[", "", "]")}) { id } }`),
    query(
      `an object ${count} deep`,
      `{ contacts(credential: ${nest(Math.min(count, 50_000), "{a:", "1", "}")}) { nodes { id } } }`,
    ),
  ]),
  query("a long text", `{ node(id: ${"a".repeat(200_000)}) { id } }`),
  query("a long name", `{ ${"x".repeat(250_000)} }`),
  query("a long alias", `{ ${"x".repeat(250_000)}: nothing }`),
  query("a long argument name", `{ node(${"x".repeat(250_000)}: 1) { id } }`),
  query("a long variable name", `query ($${"x".repeat(250_000)}: Nothing) { me { id } }`),
  query("a long type name", `{ ... on ${"X".repeat(250_000)} { id } }`),
  query("a long directive name", `{ me @${"x".repeat(250_000)} { id } }`),
  query("a long fragment name", `{ ...${"x".repeat(250_000)} }`),
  query("a long operation name", `query ${"x".repeat(250_000)} { nothing }`),
  query("a long text where a number is wanted", `{ credentials(first: "${"x".repeat(250_000)}") { nodes { id } } }`),
  query(
    "what reads like our own errors",
    `{ credentials(first: "${' got invalid value " at '.replaceAll('"', '\\"').repeat(9_000)}") { nodes { id } } }`,
  ),
  query(
    "many words of our own errors",
    `{ credentials(first: "${" cannot represent value found ".repeat(8_000)}") { nodes { id } } }`,
  ),
  query("a long number", `{ credentials(first: ${"9".repeat(250_000)}) { nodes { id } } }`),
  query("a long fraction", `{ credentials(first: 0.${"9".repeat(250_000)}) { nodes { id } } }`),
  query("a long enum value", `{ projects(includeArchived: ${"X".repeat(250_000)}) { id } }`),
  query("many values in a list", `{ projects(includeArchived: [${"1 ".repeat(900)}]) { id } }`),
  query("a member given often", `{ contacts(credential: { ${'id: "1" '.repeat(200)} }) { nodes { id } } }`),
  query("many unknown members", `{ contacts(credential: { ${many(200, (i) => `x${i}: 1`)} }) { nodes { id } } }`),
  query("many unknown arguments", `{ node(${many(200, (i) => `x${i}: 1`)}) { id } }`),
  query("many unknown fields", `{ ${many(300, (i) => `x${i}`)} }`),
  query("an unfinished text", `{ node(id: "${"a".repeat(250_000)}) { id } }`),
  query("an unfinished block text", `{ node(id: """${"a\n".repeat(120_000)}) { id } }`),
  query("half a surrogate pair", "{ \ud800 }"),
  query("half a surrogate pair in a text", '{ nothing(id: "\ud800") }'),
  query("an escape that is no character", '{ node(id: "\\u{110000}") { id } }'),
  query("an escape of half a pair", '{ node(id: "\\uD800") { id } }'),
  query("NUL", "{ me \u0000 { id } }"),
  query("invisible characters", "{ m\u200be { id } }"),
  query("letters from right to left", "{ \u202eem { id } }"),
  query("another alphabet", "{ м\u0435 { id } }"),
  query("brackets without end", "{ me ".repeat(20_000)),
  query("ends without brackets", "}".repeat(200_000)),
  query("bangs", `query ($v: ${"[".repeat(60_000)}Int${"!]".repeat(60_000)}) { me { id } }`),
  query("nothing but a comment", `#${"x".repeat(250_000)}`),
  query("nothing but commas", ",".repeat(250_000)),
  query("nothing but spaces", " ".repeat(250_000)),
  query("a schema instead of a query", "type Query { me: String }"),
  query("a schema beside a query", "{ me { id } } extend type Query { x: Int }"),
  query("a subscription", 'subscription { syncRunProgress(id: "x") { id } }'),
  query("a directive for deferring", "{ ... @defer { me { id } } }"),
];

const deepJson = (count: number) =>
  `{"query":"query($v:[Int]){me{id}}","variables":{"v":${"[".repeat(count)}${"]".repeat(count)}}}`;

const VARIABLES: readonly Abuse[] = [
  ...[63, 1_000, 120_000].map((count) => ({ name: `variables ${count} deep`, body: deepJson(count) })),
  {
    name: "variables of 20,000 members",
    body: { query: "{ me { id } }", variables: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`v${i}`, 1])) },
  },
  {
    name: "variables of 100,000 elements",
    body: { query: "{ me { id } }", variables: { v: Array.from({ length: 100_000 }, () => 1) } },
  },
  query("a long variable where a number is wanted", "query ($n: Int) { credentials(first: $n) { nodes { id } } }", {
    n: "x".repeat(200_000),
  }),
  query("a variable that is an object", "query ($n: Int) { credentials(first: $n) { nodes { id } } }", {
    n: { x: "x".repeat(200_000) },
  }),
  query("many wrong values", "query ($v: CredentialSelector) { contacts(credential: $v) { nodes { id } } }", {
    v: Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`x${i}`, "x"])),
  }),
  query("a missing variable", "query ($v: ID!) { node(id: $v) { id } }"),
  query("a variable of another type", "query ($v: Int) { node(id: $v) { id } }", { v: 1 }),
  { name: "variables that are a text", body: { query: "{ me { id } }", variables: "{}" } },
  { name: "variables that are a list", body: { query: "{ me { id } }", variables: [] } },
  { name: "extensions that are a text", body: { query: "{ me { id } }", extensions: "x" } },
  { name: "a persisted query", body: { extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } } },
  { name: "a query that is a list", body: { query: ["{ me { id } }"] } },
  { name: "a query that is a number", body: { query: 1 } },
  { name: "a query that is nothing", body: { query: null } },
  { name: "an operation's name that is a list", body: { query: "{ me { id } }", operationName: ["A"] } },
  { name: "an operation's name of lines", body: { query: "query A { me { id } }", operationName: `A\n{"level":"error"}` } },
  {
    name: "an operation's name of 200,000 characters",
    body: { query: "query A { me { id } }", operationName: "x".repeat(200_000) },
  },
  { name: "the prototype", body: '{"query":"{ me { id } }","__proto__":{"x":1}}' },
  { name: "the prototype among variables", body: '{"query":"{ me { id } }","variables":{"__proto__":{"x":1}}}' },
  { name: "the constructor", body: '{"query":"{ me { id } }","variables":{"constructor":{"prototype":{"x":1}}}}' },
  { name: "the query twice", body: '{"query":"{ me { id } }","query":"{ __typename }"}' },
  { name: "the query twice, once in escapes", body: '{"query":"{ me { id } }","\\u0071uery":"{ __typename }"}' },
  { name: "JSON that breaks off", body: '{"query":"{ me { id } }"' },
  { name: "brackets for JSON", body: "[".repeat(250_000) },
  { name: "an empty list", body: "[]" },
  { name: "a batch of two", body: '[{"query":"{ me { id } }"},{"query":"{ me { id } }"}]' },
  { name: "a batch of 5,000", body: `[${many(5_000, () => '{"query":"{__typename}"}', ",")}]` },
  { name: "a number for JSON", body: "1" },
  { name: "null for JSON", body: "null" },
  { name: "nothing", body: "" },
  { name: "a body over the limit", body: { query: `{ me { id } } #${"x".repeat(300_000)}` } },
];

const GUESSES: readonly Abuse[] = [
  ...[2, 30].map((count) =>
    query(
      `${count} logins`,
      `mutation { ${many(count, (i) => `a${i}: login(input: { username: "a", password: "${i}" }) { accessToken }`)} }`,
    ),
  ),
  query(
    "a login and one in a fragment",
    'mutation { login(input: { username: "a", password: "b" }) { accessToken } ...F } fragment F on Mutation { b: login(input: { username: "a", password: "c" }) { accessToken } }',
  ),
  query(
    "logins in inline fragments",
    'mutation { ... { a: login(input: { username: "a", password: "b" }) { accessToken } } ... { b: login(input: { username: "a", password: "c" }) { accessToken } } }',
  ),
  {
    name: "logins in two operations",
    body: {
      query: many(2, (o) => `mutation M${o} { login(input: { username: "a", password: "b" }) { accessToken } }`),
      operationName: "M0",
    },
  },
  query(
    "two refreshes",
    'mutation { a: refreshSession(refreshToken: "a") { accessToken } b: refreshSession(refreshToken: "b") { accessToken } }',
  ),
  query(
    "two registrations",
    `mutation { ${many(2, (i) => `a${i}: register(input: { username: "a${i}", password: "correct horse ${i}" }) { accessToken }`)} }`,
  ),
  query(
    "two reveals",
    `mutation { ${many(2, (i) => `a${i}: revealCredential(input: { credential: { connector: "odoo" } }) { fields { value } }`)} }`,
  ),
  query(
    "two changes of a password",
    `mutation { ${many(2, (i) => `a${i}: changePassword(currentPassword: "a", newPassword: "b") { userErrors { code } }`)} }`,
  ),
  query(
    "two resets of a password",
    `mutation { ${many(2, (i) => `a${i}: resetUserPassword(id: "a", password: "b") { password }`)} }`,
  ),
];

const POST = { query: "{ me { id } }" };
const TYPES: readonly Abuse[] = [
  "text/plain",
  "text/plain\t; a=application/json",
  " application/jsonx",
  "application/json-patch+json",
  "application/graphql",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "text/plain;application/json",
  "text/plain, application/json",
  "application/json, text/plain",
  "application/ json",
  ";",
  "application",
].map((type) => ({
  name: `the media type ${JSON.stringify(type)}`,
  body: JSON.stringify(POST),
  headers: { "content-type": type },
}));

/** Requests that nobody means well with. Each is refused before anything runs. */
export const ABUSE_CASES: readonly Abuse[] = [...TOO_MUCH, ...TOO_DEEP, ...LITERALS, ...VARIABLES, ...GUESSES];

/** The same query in media types that are not JSON's. */
export const MEDIA_TYPE_CASES: readonly Abuse[] = TYPES;
