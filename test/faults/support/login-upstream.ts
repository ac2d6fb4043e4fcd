import { startMisbehavingServer } from "../../support/misbehaving-server.ts";
import type { Product } from "../../support/product.ts";
import { askGraphql, type Session } from "./fault-nodes.ts";

/** How the upstream meets the next logins: with a token, a refusal, or not at all. */
type Manner = "accepts" | "refuses" | "hangs";

export type LoginUpstream = {
  behave(manner: Manner): void;
  /** Asks for its access token of a node that is killed while it logs in, with the lease for it in hand. */
  killInLogin(node: Product, session: Session, credentialId: string): Promise<void>;
  /** A credential for it, stored untested; its id. */
  save(node: Product, session: Session, label: string): Promise<string>;
  /** Asks for its access token; the code of the error, or undefined for a token. */
  issue(node: Product, session: Session, credentialId: string): Promise<string | undefined>;
};

const SAVE = "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";
const ISSUE = "mutation ($input: IssueAccessTokenInput!) { issueAccessToken(input: $input) { accessToken userErrors { code } } }";

/** A company's login API that does as it is told; it goes away with the test. */
export async function startLoginUpstream(): Promise<LoginUpstream> {
  let manner: Manner = "accepts";
  let onLogin = () => {};
  const upstream = await startMisbehavingServer(() => {
    onLogin();
    if (manner === "hangs") return new Promise(() => undefined);
    if (manner === "refuses") return { status: 401, body: "{}" };
    return { body: JSON.stringify({ statusCode: 200, accessToken: `token-${upstream.requests.length}` }) };
  });
  const issue: LoginUpstream["issue"] = async (node, { token }, id) =>
    (await askGraphql(node, ISSUE, { input: { credential: { id } } }, token)).code;
  return {
    behave: (next) => {
      manner = next;
    },
    killInLogin: async (node, session, credentialId) => {
      manner = "hangs";
      const isUnderWay = new Promise<void>((resolve) => {
        onLogin = resolve;
      });
      const answer = issue(node, session, credentialId).then(
        (code) => Promise.reject(new Error(`It was answered: ${code}`)),
        () => undefined,
      );
      await Promise.race([isUnderWay, answer]);
      await node.end("SIGKILL");
      await answer;
      manner = "accepts";
    },
    issue,
    save: async (node, { token }, label) => {
      const fields = [
        { name: "email", value: "ada@example.test" },
        { name: "password", value: "correct horse battery staple" },
        { name: "login_url", value: `${upstream.origin}/login` },
      ];
      const { data, code } = await askGraphql(
        node,
        SAVE,
        { input: { connector: "login-api", label, test: false, fields } },
        token,
      );
      const { id } = (data.saveCredential?.credential ?? {}) as { id?: string };
      if (id === undefined) throw new Error(`The credential could not be saved: ${code}`);
      return id;
    },
  };
}
