import type { WantedCredential } from "./run-arguments.ts";
import type { Fields } from "./run-environment.ts";

/** Why Postern gave nothing: it cannot be reached or is at a loss, it does not allow it, or the question was wrong. */
export type RevealFailure = "UNAVAILABLE" | "NOT_PERMITTED" | "BAD_REQUEST";

/** What a person is told when a credential is not given; the message carries neither token nor secret. */
export class RevealError extends Error {
  readonly failure: RevealFailure;

  constructor(failure: RevealFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

export type Gateway = { readonly url: string; readonly token: string };

const DOCUMENT = "mutation Run($input: RevealCredentialInput!) { revealCredential(input: $input) { fields { name value } } }";
const DEADLINE_MS = 30_000;

const FAILURES: Readonly<Record<string, RevealFailure>> = {
  UNAUTHENTICATED: "NOT_PERMITTED",
  FORBIDDEN: "NOT_PERMITTED",
  NOT_FOUND: "NOT_PERMITTED", // not there and not allowed look alike
  BAD_USER_INPUT: "BAD_REQUEST",
};

type Answer = {
  readonly data?: { readonly revealCredential?: { readonly fields?: readonly { name: string; value: string }[] } } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
};

/**
 * Asks a gateway for a credential's fields, once: whoever starts the command knows whether to start it again.
 *
 * `clients/typescript` could ask this too, but what other programs install stands outside of the product, which may not lean
 * on it; and one question by plain `fetch` is less than a dependency between the two.
 * @throws {RevealError}
 */
export async function revealFields({ url, token }: Gateway, wanted: WantedCredential): Promise<Fields> {
  const { connector, username, project, label } = wanted;
  const answer = await ask({ url, token }, { credential: { connector, username, project, label } });
  const [error] = answer.errors ?? [];
  if (error !== undefined) {
    const failure = FAILURES[error.extensions?.code ?? ""] ?? "UNAVAILABLE";
    throw new RevealError(failure, `${connector}: ${error.message.replaceAll(token, "***")}`);
  }
  const fields = answer.data?.revealCredential?.fields;
  if (!Array.isArray(fields)) throw new RevealError("UNAVAILABLE", `${url} does not answer like Postern.`);
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}

async function ask({ url, token }: Gateway, input: object): Promise<Answer> {
  const response = await fetch(`${url.replace(/\/+$/, "")}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: DOCUMENT, variables: { input } }),
    redirect: "manual", // the token is for this address alone
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch(() => {
    throw new RevealError("UNAVAILABLE", `${url} cannot be reached.`);
  });
  // Errors of reading and parsing would quote the answer.
  const answer: unknown = await response.json().catch(() => null);
  if (typeof answer === "object" && answer !== null && ("data" in answer || "errors" in answer)) return answer as Answer;
  throw new RevealError("UNAVAILABLE", `${url} does not answer like Postern (status ${response.status}).`);
}
