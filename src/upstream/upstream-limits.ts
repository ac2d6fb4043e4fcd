/** Times in milliseconds until a connection stands. */
export type ConnectLimits = { readonly lookupMs: number; readonly connectMs: number; readonly tlsMs: number };

/** How great the head of an answer may be. */
export type HeadLimits = { readonly maxHeaderBytes: number; readonly maxHeaders: number };

/** What a request whose answer is read whole may take. `longestMs` caps whatever deadline a request asks for. */
export type HttpLimits = ConnectLimits &
  HeadLimits & {
    readonly firstByteMs: number;
    readonly idleMs: number;
    readonly totalMs: number;
    readonly longestMs: number;
    readonly maxBodyBytes: number;
  };

/** Times for an exchange that may be long, and the greatest body in bytes. */
export type StreamLimits = ConnectLimits &
  HeadLimits & { readonly firstByteMs: number; readonly idleMs: number; readonly totalMs: number; readonly maxBytes: number };

const CONNECT_LIMITS: ConnectLimits = { lookupMs: 2_000, connectMs: 3_000, tlsMs: 3_000 };
const HEAD_LIMITS: HeadLimits = { maxHeaderBytes: 16 * 1024, maxHeaders: 100 };

/** What holds unless a client is made with others. */
export const HTTP_LIMITS: HttpLimits = {
  ...CONNECT_LIMITS,
  ...HEAD_LIMITS,
  firstByteMs: 10_000,
  idleMs: 5_000,
  totalMs: 30_000,
  longestMs: 150_000,
  maxBodyBytes: 10 * 1024 * 1024,
};

/** The same for streams. */
export const STREAM_LIMITS: StreamLimits = {
  ...CONNECT_LIMITS,
  ...HEAD_LIMITS,
  firstByteMs: 30_000,
  idleMs: 60_000,
  totalMs: 600_000,
  maxBytes: 1024 ** 3,
};
