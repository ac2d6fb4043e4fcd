import { once } from "node:events";
import { request } from "node:http";
import { json } from "node:stream/consumers";

/** Asks the gateway at the address, by a connection of its own: several workers take turns at those. */
export async function ask({ host, port }, query, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const sent = request({ host, port, path: "/graphql", method: "POST", headers, agent: false });
  sent.end(JSON.stringify({ query }));
  const [response] = await once(sent, "response");
  const { data, errors } = await json(response);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

const SECRET = "kept in a container";
const SIGN_IN = 'input: { username: "ada", password: "correct horse battery staple" }';
const SAVE = `mutation { saveCredential(input: { connector: "app-login", project: "cigar", label: "default", fields: [
  { name: "email", value: "ada@example.test" }, { name: "password", value: "${SECRET}" } ] }) { credential { id } } }`;
const REVEAL = `mutation { revealCredential(input: { credential: { connector: "app-login", project: "cigar" } }) {
  fields { name value } } }`;

/** Registers ada; an access token of hers. */
export async function register(address) {
  return (await ask(address, `mutation { register(${SIGN_IN}) { accessToken } }`)).register.accessToken;
}

export async function login(address) {
  return (await ask(address, `mutation { login(${SIGN_IN}) { accessToken } }`)).login.accessToken;
}

/** Keeps a credential for ada. */
export async function save(address, token) {
  await ask(address, SAVE, token);
}

/** Has it revealed; throws when it is not what was kept. */
export async function reveal(address, token) {
  const { fields } = (await ask(address, REVEAL, token)).revealCredential;
  if (!JSON.stringify(fields).includes(SECRET)) throw new Error("The credential was not kept.");
}
