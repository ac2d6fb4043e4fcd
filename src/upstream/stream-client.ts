import { Readable } from "node:stream";

/** A body: whole, or piece by piece as it comes. */
export type StreamBody = Uint8Array | Readable;

/** Ends what a body comes from, where more of it may come. */
export function endBody(body: StreamBody): void {
  if (body instanceof Readable) body.destroy();
}

export type StreamRequest = {
  readonly method: string;
  /** Absolute http or https URL, without user information or fragment. */
  readonly url: string;
  /** Headers of the message's framing are the client's and refused here. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A streamed one is never destroyed by the client, only left. */
  readonly body?: StreamBody | null;
  /** Exact length of a streamed body in bytes; without it the body goes out chunked. */
  readonly bodyLength?: number | null;
  /** Only requests with the same key share connections: whose request it is, and with which credential. */
  readonly poolKey: string;
  /** Ends the exchange at any time, also in the middle of the answer's body. */
  readonly signal: AbortSignal;
  /** Time for the status line and headers once all is sent, in milliseconds; 30,000 when left out. */
  readonly firstByteMs?: number | undefined;
};

/**
 * The head of an answer, and its body: the bytes where all of them came together with the head, else a stream of them as they
 * come, content coding taken off. Destroy the stream to end the exchange early. One that breaks off ends with a `ConnectionError`,
 * never like a whole one.
 */
export type StreamResponse = {
  readonly status: number;
  /** Names are lower-case, repeated ones joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: StreamBody;
};

/**
 * The way out for bodies of any size. Guarded like `HttpClient`, with a time for the first byte and one for silence instead
 * of one for the whole. Redirects are not followed. Nothing is sent twice, but what a kept connection had not carried
 * yet, and requests without a body whose method is safe to repeat (RFC 9110, 9.2.2).
 */
export type StreamClient = {
  /** @throws {ConnectionError} as `HttpClient.request` does. */
  openStream(request: StreamRequest): Promise<StreamResponse>;
  /** Closes the connections that are kept; those in use end with their answers. */
  close(): void;
};
