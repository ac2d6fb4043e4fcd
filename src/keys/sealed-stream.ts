import sodium from "libsodium-wrappers";
import { integrityError } from "./aead.ts";

await sodium.ready;

/** Bytes of a stream's head, and how much longer a sealed piece is than its plaintext. */
export const STREAM_HEAD_BYTES = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES;
export const PIECE_OVERHEAD_BYTES = sodium.crypto_secretstream_xchacha20poly1305_ABYTES;

const { crypto_secretstream_xchacha20poly1305_TAG_FINAL: FINAL, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE: MESSAGE } =
  sodium;

/** Seals pieces in order (libsodium's secretstream); the last one says so, and after it there is none. */
export type StreamSealer = {
  readonly head: Uint8Array;
  seal(piece: Uint8Array, associatedData: Uint8Array | null, isLast: boolean): Uint8Array;
};

/** Opens what a sealer sealed. @throws {GatewayError} INTEGRITY_ERROR for a piece changed, missing, repeated or out of order */
export type StreamOpener = {
  open(sealed: Uint8Array, associatedData: Uint8Array | null): { readonly piece: Buffer; readonly isLast: boolean };
};

/** A sealer under a key that no other stream has. */
export function createStreamSealer(key: Uint8Array): StreamSealer {
  const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(key);
  return {
    head: header,
    seal: (piece, associatedData, isLast) =>
      sodium.crypto_secretstream_xchacha20poly1305_push(state, piece, associatedData, isLast ? FINAL : MESSAGE),
  };
}

/** The opener for a stream's key and head. */
export function createStreamOpener(key: Uint8Array, head: Uint8Array): StreamOpener {
  if (head.length !== STREAM_HEAD_BYTES) throw integrityError("the stream's head is cut");
  const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(head, key);
  return {
    open: (sealed, associatedData) => {
      const pulled = sealed.length < PIECE_OVERHEAD_BYTES ? false : pull(state, sealed, associatedData);
      if (!pulled) throw integrityError("a piece of the stream does not open");
      return { piece: Buffer.from(pulled.message), isLast: pulled.tag === FINAL };
    },
  };
}

function pull(
  state: ReturnType<typeof sodium.crypto_secretstream_xchacha20poly1305_init_pull>,
  sealed: Uint8Array,
  associatedData: Uint8Array | null,
) {
  return sodium.crypto_secretstream_xchacha20poly1305_pull(state, sealed, associatedData) as
    | { readonly message: Uint8Array; readonly tag: number }
    | false;
}
