import { readFileSync, statSync } from "node:fs";
import { exchange, type TransitTokens, type TransitTransport, transitAway, transitHeaders } from "./transit-client.ts";

const OTHERS_ACCESS = 0o077;
const TOKEN = /^[\x21-\x7e]{1,4096}$/;
/** Of a token's life, how much may pass before it is renewed. */
const RENEW_AFTER = 0.5;
/** How long a renewal that failed is not tried again, in milliseconds. */
const RETRY_MS = 60_000;

/** A secret in a file that its owner alone may read. @throws {GatewayError} UNAVAILABLE */
function readSecretFile(file: string): string {
  let text: string;
  try {
    if ((statSync(file).mode & OTHERS_ACCESS) !== 0) throw new Error("others than its owner may use it; make it 600");
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw transitAway(`${file}: ${error instanceof Error ? error.message : "cannot be read"}`);
  }
  if (!TOKEN.test(text)) throw transitAway(`${file}: holds no token`);
  return text;
}

type Renewable = {
  readonly transport: TransitTransport;
  readonly namespace?: string | undefined;
  readonly elapsed?: () => number;
};

function leaseMsOf(auth: Readonly<Record<string, unknown>> | null | undefined): number {
  const seconds = Number(auth?.lease_duration);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : Number.POSITIVE_INFINITY;
}

/**
 * The token in a file, which an agent may replace at any time. It is renewed at half of its life as long as the server
 * allows that; a token that cannot be renewed is used until it is refused.
 */
export function createFileTokens(
  file: string,
  { transport, namespace, elapsed = () => performance.now() }: Renewable,
): TransitTokens {
  let known: { readonly bearer: string; renewAt: number } | null = null;

  const renewSelf = async (token: string): Promise<number> => {
    const request = {
      method: "POST",
      path: "auth/token/renew-self",
      headers: transitHeaders(namespace, token),
      body: "{}",
    } as const;
    const { status, body } = await exchange(transport, request);
    return status === 200 ? leaseMsOf(body.auth) * RENEW_AFTER : RETRY_MS;
  };
  return {
    current: async () => {
      const found = readSecretFile(file);
      if (known?.bearer !== found) known = { bearer: found, renewAt: 0 };
      const mine = known;
      if (mine.renewAt <= elapsed()) {
        mine.renewAt = elapsed() + RETRY_MS; // others need not wait for the answer
        await renewSelf(found).then(
          (afterMs) => {
            mine.renewAt = elapsed() + afterMs;
          },
          () => {},
        );
      }
      return found;
    },
    renew: async () => {},
  };
}

export type AppRole = { readonly roleId: string; readonly secretIdFile: string; readonly mount: string };

/** Tokens of an AppRole: signs in again at half of a token's life, and whenever one is refused. */
export function createAppRoleTokens(
  { roleId, secretIdFile, mount }: AppRole,
  { transport, namespace, elapsed = () => performance.now() }: Renewable,
): TransitTokens {
  let known: { readonly token: string; readonly until: number } | null = null;
  let signingIn: Promise<string> | null = null;

  const signIn = async (): Promise<string> => {
    const body = JSON.stringify({ role_id: roleId, secret_id: readSecretFile(secretIdFile) });
    const path = `auth/${mount}/login`;
    const answer = await exchange(transport, { method: "POST", path, headers: transitHeaders(namespace), body });
    const token = answer.body.auth?.client_token;
    if (answer.status !== 200 || typeof token !== "string" || !TOKEN.test(token)) {
      throw transitAway(`the AppRole's sign-in is refused (${answer.status})`);
    }
    known = { token, until: elapsed() + leaseMsOf(answer.body.auth) * RENEW_AFTER };
    return token;
  };
  return {
    current: async () => {
      if (known !== null && known.until > elapsed()) return known.token;
      signingIn ??= signIn().finally(() => {
        signingIn = null;
      });
      return signingIn;
    },
    renew: async () => {
      known = null;
    },
  };
}
