import type { Product } from "../../support/product.ts";
import { askGraphql, type Session, signIn } from "./fault-nodes.ts";

type Node = Pick<Product, "url">;

const REFRESH = "mutation ($token: String) { refreshSession(refreshToken: $token) { refreshToken userErrors { code } } }";
const OWN = "{ credentials(first: 1) { nodes { id } } }";
const CREATE = `mutation { createServiceToken(input: { name: "f", permissions: ["credential:read"] }) { token serviceToken { id } } }`;
const REVOKE = "mutation ($input: RevokeServiceTokenInput!) { revokeServiceToken(input: $input) { serviceToken { id } } }";

/** What somebody may hold who has, or once had, access. */
export type Held = {
  /** Access and service tokens. */
  readonly bearers: readonly string[];
  readonly refreshTokens: readonly string[];
};

/** True when the node takes the token. */
async function isBelieved(node: Node, bearer: string): Promise<boolean> {
  const { code } = await askGraphql(node, OWN, {}, bearer);
  if (code !== undefined && code !== "UNAUTHENTICATED") throw new Error(`Neither taken nor refused: ${code}`);
  return code === undefined;
}

/** The successor of a refresh token; null when it is refused. */
export async function refresh(node: Node, token: string): Promise<string | null> {
  const { data } = await askGraphql(node, REFRESH, { token });
  return (data.refreshSession?.refreshToken as string | null | undefined) ?? null;
}

/** How many of the tokens work. */
export async function countBelieved(node: Node, { bearers, refreshTokens }: Held): Promise<number> {
  let believed = 0;
  for (const bearer of bearers) believed += Number(await isBelieved(node, bearer));
  for (const token of refreshTokens) believed += Number((await refresh(node, token)) !== null);
  return believed;
}

/** A service token, made by the administrator. */
export async function createServiceToken(
  node: Node,
  admin: Session,
): Promise<{ readonly token: string; revoke(): Promise<unknown> }> {
  const { data, code } = await askGraphql(node, CREATE, {}, admin.token);
  const made = data.createServiceToken as unknown as { token: string | null; serviceToken: { id: string } } | undefined;
  if (made?.token == null) throw new Error(`No service token could be made: ${code}`);
  const input = { id: made.serviceToken.id };
  return { token: made.token, revoke: () => askGraphql(node, REVOKE, { input }, admin.token) };
}

/** What was taken away: tokens of an ended session, a revoked service token, a refresh token that was used. */
export async function takeAway(node: Node, username: string): Promise<Held> {
  const ended = await signIn(node, username);
  await askGraphql(node, "mutation { logout }", {}, ended.token);
  const service = await createServiceToken(node, await signIn(node, "admin", "login"));
  await service.revoke();
  const used = await signIn(node, username, "login");
  if ((await refresh(node, used.refreshToken)) === null) throw new Error("A good refresh token was refused.");
  return { bearers: [ended.token, service.token], refreshTokens: [ended.refreshToken, used.refreshToken] };
}

/** What a person and a machine get who come now. */
export async function giveOut(node: Node, session: Session): Promise<Held> {
  const { token } = await createServiceToken(node, await signIn(node, "admin", "login"));
  return { bearers: [session.token, token], refreshTokens: [session.refreshToken] };
}
