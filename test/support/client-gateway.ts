import { SaveCredential } from "../api/documents.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { startMisbehavingServer } from "./misbehaving-server.ts";
import { createServiceToken } from "./rest.ts";

export type ClientGateway = {
  readonly gateway: Gateway;
  /** `service` may reveal and issue; `weak` may neither; `user` is bpauley's own access token. */
  readonly tokens: Readonly<Record<"service" | "weak" | "user", string>>;
};

/**
 * A gateway as its clients find it: bpauley has logins for the applications cigar and tobacco and one at the login API, which
 * grants `token of <e-mail>`; mallory has one there that is refused.
 */
export async function startClientGateway(): Promise<ClientGateway> {
  const upstream = await startMisbehavingServer(({ body }) => {
    const { email, password } = JSON.parse(body) as { email: string; password: string };
    if (password !== "right") return { status: 401, body: JSON.stringify({ message: "Wrong password" }) };
    return { body: JSON.stringify({ statusCode: 200, accessToken: `token-of-${email}` }) };
  });
  const gateway = await startGateway({ LOGIN_API_URL: upstream.origin, RATE_LIMIT_PER_MINUTE: "0" });
  const { token: user } = await gateway.signUp("bpauley");
  const { token: mallory } = await gateway.signUp("mallory");
  const save = async (token: string, connector: string, project: string, password: string) => {
    const fields = [
      { name: "email", value: token === user ? "bpauley@example.com" : "mallory@example.com" },
      { name: "password", value: password },
    ];
    const { data } = await gateway.execute(SaveCredential, { input: { connector, project, fields, test: false } }, token);
    if (data?.saveCredential?.credential == null) throw new Error(`${connector} could not be saved`);
  };
  await save(user, "app-login", "cigar", "s3cret-cigar");
  await save(user, "app-login", "tobacco", "s3cret-tobacco");
  await save(user, "login-api", "", "right");
  await save(mallory, "login-api", "", "wrong");
  const tokens = {
    service: await createServiceToken(gateway, { permissions: ["credential:reveal", "upstream:token"] }),
    weak: await createServiceToken(gateway, { permissions: ["connector:read"] }),
    user,
  };
  return { gateway, tokens };
}
