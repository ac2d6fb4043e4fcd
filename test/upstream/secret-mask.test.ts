import { randomBytes, randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createSecretMask } from "../../src/upstream/secret-mask.ts";

const SECRET = `tök "n/+<&> ~'(!) é`;

/** The spellings that requirement X8 names, made without the code under test. */
function echoesOf(secret: string): Record<string, string> {
  const bytes = Buffer.from(secret);
  return {
    raw: secret,
    base64: bytes.toString("base64"),
    "base64 of user:token": Buffer.from(`ada@example.com:${secret}`).toString("base64"),
    "base64 of a longer user:token": Buffer.from(`bob:${secret}`).toString("base64"),
    base64url: bytes.toString("base64url"),
    "URL-encoded": encodeURIComponent(secret),
    "form-encoded": new URLSearchParams([["", secret]]).toString().slice(1),
    "JSON-escaped": JSON.stringify(secret).slice(1, -1),
  };
}

async function maskInPieces(secrets: readonly string[], pieces: readonly Uint8Array[]): Promise<string> {
  const masked: Uint8Array[] = [];
  const source = (async function* () {
    yield* pieces;
  })();
  for await (const piece of createSecretMask(secrets).maskStream(source)) masked.push(piece);
  return Buffer.concat(masked).toString();
}

describe.each([SECRET, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "12345678", "aaaaaaaab", "abababababababab"])(
  "%s",
  (secret) => {
    const echoes = echoesOf(secret);
    const text = `before ${Object.values(echoes).join("|")} after`;
    const whole = createSecretMask([secret]).maskText(text);

    test("no spelling that an upstream may echo is left in a text, and what is around it stays", () => {
      for (const [spelling, echo] of Object.entries(echoes)) expect(whole, spelling).not.toContain(echo);
      expect(whole.startsWith("before ***|***")).toBe(true);
      expect(whole.endsWith(" after")).toBe(true);
    });

    test("a text cut in two at any byte is masked like the whole", async () => {
      const bytes = Buffer.from(text);
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        expect(await maskInPieces([secret], [bytes.subarray(0, cut), bytes.subarray(cut)]), `cut at ${cut}`).toBe(whole);
      }
    });

    test("a text that comes byte by byte is masked like the whole", async () => {
      expect(
        await maskInPieces(
          [secret],
          [...Buffer.from(text)].map((byte) => Uint8Array.of(byte)),
        ),
      ).toBe(whole);
    });
  },
);

test("secrets that overlap are masked the same however the text is cut", async () => {
  const secrets = ["abcdefgh", "cdefghijklmn", "abcdefghijkl"];
  const bytes = Buffer.from("xxabcdefghijklmnyyabcdefghzzcdefghijklmnabcdefghij");
  const whole = createSecretMask(secrets).maskText(bytes.toString());
  expect(whole).toBe("xx***mnyy***zz******ij");
  for (let first = 0; first <= bytes.length; first += 1) {
    for (let second = first; second <= bytes.length; second += 1) {
      const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      expect(await maskInPieces(secrets, pieces)).toBe(whole);
    }
  }
});

test("random bytes with copies at random places are masked as a search of the whole would", async () => {
  const secret = randomBytes(24).toString("base64url");
  for (let round = 0; round < 200; round += 1) {
    const parts = Array.from({ length: 20 }, () => (randomInt(10) < 3 ? secret : randomBytes(20).toString("hex")));
    const bytes = Buffer.from(parts.join(""));
    const pieces: Buffer[] = [];
    for (let start = 0; start < bytes.length; ) {
      const length = randomInt(1, 61);
      pieces.push(bytes.subarray(start, start + length));
      start += length;
    }
    expect(await maskInPieces([secret], pieces)).toBe(bytes.toString().replaceAll(secret, "***"));
  }
});

test("what cannot be the beginning of a secret is passed on without waiting for more", async () => {
  const { maskStream } = createSecretMask(["sk-abcdefghijkl"]);
  async function* pieces() {
    yield Buffer.from("data: one\n\n");
    throw new Error("asked for more");
  }
  const { value } = await maskStream(pieces())[Symbol.asyncIterator]().next();
  expect(Buffer.from(value).toString()).toBe("data: one\n\n");
});

test("a secret under eight characters is not looked for", () => {
  expect(createSecretMask(["password"]).maskText("password")).toBe("***");
  expect(createSecretMask(["passwor"]).maskText("password")).toBe("password");
});
