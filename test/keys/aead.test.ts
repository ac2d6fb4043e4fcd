import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decrypt, encrypt, NONCE_BYTES } from "../../src/keys/aead.ts";

type Vector = { tcId: number; key: string; iv: string; aad: string; msg: string; ct: string; tag: string; result: string };
type VectorFile = { numberOfTests: number; testGroups: { tests: Vector[] }[] };

const file = JSON.parse(readFileSync(new URL("../vectors/xchacha20_poly1305_test.json", import.meta.url), "utf8")) as VectorFile;
const vectors = file.testGroups.flatMap((group) => group.tests);
const hex = (text: string) => Buffer.from(text, "hex");

function opens({ key, iv, aad, msg, ct, tag }: Vector): boolean {
  try {
    return decrypt(hex(key), hex(iv), hex(aad), hex(ct + tag)).equals(hex(msg));
  } catch (error) {
    expect(error).toMatchObject({ name: "GatewayError", code: "INTEGRITY_ERROR" });
    return false;
  }
}

test("all 315 Wycheproof vectors open, or are refused, as they say", () => {
  expect(vectors.length).toBe(315);
  expect(file.numberOfTests).toBe(315);
  const wrong = vectors.filter((vector) => opens(vector) !== (vector.result === "valid"));
  expect(wrong).toEqual([]);
});

test("encryption gives the ciphertext and tag of every valid Wycheproof vector", () => {
  const valid = vectors.filter((vector) => vector.result === "valid");
  const wrong = valid.filter(
    ({ key, iv, aad, msg, ct, tag }) => !encrypt(hex(key), hex(iv), hex(aad), hex(msg)).equals(hex(ct + tag)),
  );
  expect(valid.length).toBe(246);
  expect(wrong).toEqual([]);
});

test("a nonce of another length than 24 bytes is never used to encrypt", () => {
  for (const length of [0, 8, 12, NONCE_BYTES - 1, NONCE_BYTES + 1]) {
    expect(() => encrypt(Buffer.alloc(32, 1), Buffer.alloc(length), Buffer.of(), Buffer.from("secret"))).toThrow(TypeError);
  }
});
