import { describe, expect, test } from "vitest";
import { createEnvelope, type SealContext, type Sealed } from "../../src/keys/envelope.ts";
import { openKeyRing } from "../../src/keys/key-ring.ts";
import { createRingPath, createTestRing } from "../support/key-ring.ts";

const context: SealContext = {
  purpose: "credential",
  ownerId: "user_1",
  recordId: "credential_1",
  field: "fields",
  version: 1,
  binding: Buffer.from("public"),
};
const secret = Buffer.from("correct horse battery staple");
const unopenable = { name: "GatewayError", code: "INTEGRITY_ERROR", message: "The stored secret cannot be opened." };

async function expectUnopenable(opening: Promise<Buffer>): Promise<void> {
  await expect(opening).rejects.toMatchObject(unopenable);
}

/** Every way to change one byte of a blob at every place, to cut it anywhere, and to add to either end. */
function tamper(blob: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const flipped = [...blob.keys()].flatMap((place) =>
    [0x01, 0x80, 0xff].map((mask) => Uint8Array.from(blob, (byte, index) => (index === place ? byte ^ mask : byte))),
  );
  const cut = [...blob.keys()].flatMap((length) => [
    Uint8Array.from(blob.subarray(0, length)),
    Uint8Array.from(blob.subarray(length + 1)),
  ]);
  const grown = [0x00, 0x80, 0xff].flatMap((byte) => [Uint8Array.of(...blob, byte), Uint8Array.of(byte, ...blob)]);
  return [...flipped, ...cut, ...grown];
}

test("what was sealed opens again, from nothing to a megabyte", async () => {
  const envelope = createEnvelope(createTestRing());
  for (const length of [0, 1, 127, 128, 129, 1_000_000]) {
    const plaintext = Buffer.alloc(length, 0x80);
    expect((await envelope.open(context, await envelope.seal(context, plaintext))).equals(plaintext)).toBe(true);
  }
});

describe("tampering", () => {
  test("a byte changed, cut or added anywhere in the ciphertext gives one error and no plaintext", async () => {
    const envelope = createEnvelope(createTestRing());
    const sealed = await envelope.seal(context, secret);
    for (const ciphertext of tamper(sealed.ciphertext)) await expectUnopenable(envelope.open(context, { ...sealed, ciphertext }));
    expect(await envelope.open(context, sealed)).toEqual(secret);
  });

  test("a byte changed, cut or added anywhere in the wrapped key gives one error, at opening and at re-wrapping", async () => {
    const envelope = createEnvelope(createTestRing());
    const sealed = await envelope.seal(context, secret);
    for (const wrappedKey of tamper(sealed.wrappedKey)) {
      await expectUnopenable(envelope.open(context, { ...sealed, wrappedKey }));
      await expect(envelope.rewrap(context, { ...sealed, wrappedKey })).rejects.toMatchObject(unopenable);
    }
  });

  const moved: [string, Partial<SealContext>][] = [
    ["purpose", { purpose: "signing-key" }],
    ["owner", { ownerId: "user_2" }],
    ["record", { recordId: "credential_2" }],
    ["field", { field: "other" }],
    ["version", { version: 2 }],
    ["binding", { binding: Buffer.from("publis") }],
    ["absent binding", { binding: undefined }],
    ["owner and record with the border between them moved", { ownerId: "user_1c", recordId: "redential_1" }],
  ];
  test.each(moved)("a sealed value moved to another %s does not open", async (_, place) => {
    const envelope = createEnvelope(createTestRing());
    const sealed = await envelope.seal(context, secret);
    await expectUnopenable(envelope.open({ ...context, ...place }, sealed));
    await expect(envelope.rewrap({ ...context, ...place }, sealed)).rejects.toMatchObject(unopenable);
  });

  test("ciphertexts, wrapped keys and key ids swapped between two records do not open", async () => {
    const ring = createTestRing();
    const envelope = createEnvelope(ring);
    const one = await envelope.seal(context, secret);
    ring.addPrimary();
    const other = await envelope.seal({ ...context, recordId: "credential_2" }, secret);
    const again = await envelope.seal(context, secret);
    const swaps: Sealed[] = [
      { ...one, ciphertext: other.ciphertext },
      { ...one, ciphertext: again.ciphertext },
      { ...one, wrappedKey: other.wrappedKey },
      { ...one, wrappedKey: again.wrappedKey, keyId: again.keyId },
      { ...one, keyId: other.keyId },
      { ...one, keyId: other.keyId, wrappedKey: other.wrappedKey },
      { ...one, wrappedKey: one.ciphertext },
      other,
    ];
    for (const swapped of swaps) await expectUnopenable(envelope.open(context, swapped));
    expect(await envelope.open(context, one)).toEqual(secret);
  });

  test("an unknown key id does not open, although the ring holds the right key under another id", async () => {
    const file = createRingPath();
    const envelope = createEnvelope(createTestRing(file));
    const sealed = await envelope.seal(context, secret);
    for (const keyId of ["", "kek_000000000000", "__proto__", "constructor"]) {
      await expectUnopenable(envelope.open(context, { ...sealed, keyId }));
    }
  });

  test("a value that was never sealed does not pass through as plain text", async () => {
    const envelope = createEnvelope(createTestRing());
    const sealed = await envelope.seal(context, secret);
    for (const ciphertext of [Uint8Array.from(secret), new Uint8Array(), Uint8Array.of(0), new Uint8Array(500)]) {
      await expectUnopenable(envelope.open(context, { ...sealed, ciphertext }));
    }
  });
});

test("a thousand seals of one plaintext give a thousand ciphertexts, wrapped keys and data keys", async () => {
  const envelope = createEnvelope(createTestRing());
  const sealed = await Promise.all(Array.from({ length: 1_000 }, () => envelope.seal(context, secret)));
  expect(new Set(sealed.map(({ ciphertext }) => Buffer.from(ciphertext).toString("hex"))).size).toBe(1_000);
  expect(new Set(sealed.map(({ wrappedKey }) => Buffer.from(wrappedKey).toString("hex"))).size).toBe(1_000);
});

test("no nonce comes twice in 20,000 seals", async () => {
  const envelope = createEnvelope(createTestRing());
  const nonces = new Set<string>();
  const nonceOf = (blob: Uint8Array) => {
    const start = 2 + (blob[1] ?? 0);
    return Buffer.from(blob.subarray(start, start + 24)).toString("latin1");
  };
  for (let count = 0; count < 10_000; count += 1) {
    const { ciphertext, wrappedKey } = await envelope.seal(context, secret);
    nonces.add(nonceOf(ciphertext)).add(nonceOf(wrappedKey));
  }
  expect(nonces.size).toBe(20_000);
});

test("secrets of 0 to 127 bytes have ciphertexts of one length", async () => {
  const envelope = createEnvelope(createTestRing());
  const lengthOf = async (bytes: number) => (await envelope.seal(context, Buffer.alloc(bytes, 1))).ciphertext.length;
  const lengths = await Promise.all(Array.from({ length: 128 }, (_, bytes) => lengthOf(bytes)));
  expect(new Set(lengths).size).toBe(1);
  expect(await lengthOf(128)).toBe((lengths[0] ?? 0) + 128);
});

test("re-wrapping moves the data key to the primary key and the ciphertext still opens", async () => {
  const ring = createTestRing();
  const envelope = createEnvelope(ring);
  const sealed = await envelope.seal(context, secret);
  const keyId = ring.addPrimary();
  const rewrapped = await envelope.rewrap(context, sealed);
  expect(rewrapped.keyId).toBe(keyId);
  ring.remove(sealed.keyId);
  expect(await envelope.open(context, { ...rewrapped, ciphertext: sealed.ciphertext })).toEqual(secret);
  await expectUnopenable(envelope.open(context, sealed));
});

test("the blob says its format and its key's id in front", async () => {
  const file = createRingPath();
  const envelope = createEnvelope(createTestRing(file));
  const { keyId, wrappedKey } = await envelope.seal(context, secret);
  expect([wrappedKey[0], wrappedKey[1]]).toEqual([1, keyId.length]);
  expect(Buffer.from(wrappedKey).toString("latin1", 2, 2 + keyId.length)).toBe(keyId);
  expect(openKeyRing({ file }, { mayCreate: false }).primary().id).toBe(keyId);
});
