import { once } from "node:events";
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

export type RawRequest = {
  readonly method?: string;
  /** Sent as it stands. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
};

export type RawAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

/** Begins a request as it stands, without the clean-up that fetch does; the caller writes its body and ends it. */
export function beginRequest(origin: string, { method = "GET", path, headers = {} }: RawRequest): ClientRequest {
  const { hostname, port } = new URL(origin);
  return request({ hostname, port, method, path, headers, agent: false });
}

/** The head of the answer, its body still to be read. */
export async function headOf(begun: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(begun, "response")) as [IncomingMessage];
  return answer;
}

/** A whole exchange. Rejects when the answer is cut. */
export async function sendRaw(origin: string, raw: RawRequest): Promise<RawAnswer> {
  const begun = beginRequest(origin, raw);
  begun.end(raw.body);
  const answer = await headOf(begun);
  const pieces: Buffer[] = [];
  for await (const piece of answer as AsyncIterable<Buffer>) pieces.push(piece);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces).toString() };
}
