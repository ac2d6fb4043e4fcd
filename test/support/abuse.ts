import type { Abuse } from "../graphql/abuse-cases.ts";

export type AbuseAnswer = { readonly status: number; readonly faults: readonly string[]; readonly milliseconds: number };

const MOST_BYTES = 4_096;
const MOST_CHARACTERS = 300;
/** A run of one character, or of a few over and over, is repeated from the request: longer than this it says too much. */
const ECHO = /(\S{1,12}?)\1{64,}|\S{130,}/;

/** What is wrong with a refusal, if anything: it is one short error that repeats little, and no failure of ours. */
function faultsOf(status: number, text: string): string[] {
  const faults: string[] = [];
  if (status < 400 || status >= 500) faults.push(`status ${status}`);
  if (Buffer.byteLength(text) >= MOST_BYTES) faults.push(`${Buffer.byteLength(text)} bytes`);
  const { errors, data } = JSON.parse(text) as { errors?: { message: string }[]; data?: unknown };
  if (data != null) faults.push("was executed");
  if (errors?.length !== 1) faults.push(`${errors?.length ?? 0} errors`);
  const message = errors?.[0]?.message ?? "";
  if (message.length > MOST_CHARACTERS) faults.push(`${message.length} characters`);
  if (ECHO.test(message) || /Did you mean|node_modules|at Object/.test(message)) faults.push(`says ${message}`);
  return faults;
}

/** Sends one abuse to `/graphql` and judges the answer. */
export async function sendAbuse(url: string, { body, headers = {} }: Abuse, token: string): Promise<AbuseAnswer> {
  const begun = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, faults: faultsOf(response.status, text), milliseconds: performance.now() - begun };
}
