import type { Connector, ConnectorCall, FieldValues } from "../connectors/connector.ts";
import { type Injection, injectedHeaders } from "../upstream/call-headers.ts";
import { type CallTarget, joinCallUrl } from "../upstream/call-target.ts";
import { createSecretMask, type SecretMask } from "../upstream/secret-mask.ts";

/** A call as it goes out, with the secret in it, and the mask for what comes back. */
export type PreparedCall = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly mask: SecretMask;
};

export type CallCredential = {
  readonly connector: Connector;
  readonly call: ConnectorCall<FieldValues>;
  readonly values: FieldValues;
  readonly accessToken: string | null;
};

/** What the caller asked for, after it was checked. */
export type CheckedCall = { readonly target: CallTarget; readonly headers: Readonly<Record<string, string>> };

/**
 * Puts the credential into a checked call. What is injected replaces what the caller sent by the same name.
 * @throws {ConnectionError} INVALID_FIELDS when the stored credential cannot be sent.
 */
export function prepareCall(credential: CallCredential, { target, headers }: CheckedCall): PreparedCall {
  const { call, values, accessToken } = credential;
  const injection = call.inject(values, accessToken);
  const injected = injectedHeaders(injection);
  return {
    url: joinCallUrl(call.baseUrl(values), target, injection.query),
    // Unpacked: an echoed secret could not be found in a packed answer before all of it is there.
    headers: { "user-agent": "Postern", ...call.defaultHeaders, ...headers, "accept-encoding": "identity", ...injected },
    mask: createSecretMask(usedSecrets(credential, injection)),
  };
}

/** The secrets that the call carries, and the pair that basic authentication makes of one. */
function usedSecrets({ connector, values, accessToken }: CallCredential, { headers, query, basic }: Injection): string[] {
  const fields = connector.fields.filter((field) => field.isSecret).map((field) => values[field.name]);
  const known = [accessToken, ...fields].filter((secret) => secret != null);
  const sent = [...Object.values(headers ?? {}), ...Object.values(query ?? {}), basic?.password ?? ""];
  const used = known.filter((secret) => sent.some((text) => text.includes(secret)));
  return basic === undefined ? used : [...used, `${basic.username}:${basic.password}`];
}
