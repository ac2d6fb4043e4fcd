/** Names what is sealed; every part is bound by the associated data, so a sealed value opens nowhere else. */
export type SealContext = {
  /** What kind of record: `credential`, `signing-key`, `refresh-successor`. */
  readonly purpose: string;
  /** Whose it is; `system` when nobody's. */
  readonly ownerId: string;
  readonly recordId: string;
  readonly field: string;
  readonly version: number;
  /** More that must not change beside the ciphertext, as the record's owner writes it down. */
  readonly binding?: Uint8Array;
};

/** A value under its own data key, and that key wrapped by the key-encryption key `keyId`. */
export type Sealed = {
  readonly keyId: string;
  readonly wrappedKey: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
};

/**
 * Envelope encryption. Opening fails with one `GatewayError` INTEGRITY_ERROR whatever the reason: a changed byte, a
 * swapped or moved record, an unknown key id.
 */
export type Envelope = {
  seal(context: SealContext, plaintext: Uint8Array): Promise<Sealed>;
  open(context: SealContext, sealed: Sealed): Promise<Buffer>;
  /** The same data key under the ring's primary key; the ciphertext stays as it is. */
  rewrap(context: SealContext, wrapped: Pick<Sealed, "keyId" | "wrappedKey">): Promise<Pick<Sealed, "keyId" | "wrappedKey">>;
  /** The key-encryption key that new values are wrapped with. */
  primaryKeyId(): string;
};
