import { createHash, randomBytes } from "node:crypto";
import { toBase32 } from "./totp.ts";

/** How many a user gets at once. */
const CODES = 10;
/** 120 bits: enough for a plain digest to be all that is stored. */
const CODE_BYTES = 15;
const CODE_SHAPE = /^[A-Z2-7]{24}$/;

export type RecoveryCode = { readonly code: string; readonly codeHash: Uint8Array<ArrayBuffer> };

/** New codes as a person writes them down, `ABCD-EFGH-…`, and what is stored of each. */
export function makeRecoveryCodes(): readonly RecoveryCode[] {
  return Array.from({ length: CODES }, () => {
    const text = toBase32(randomBytes(CODE_BYTES));
    return { code: (text.match(/.{4}/g) ?? []).join("-"), codeHash: hashText(text) };
  });
}

/** What a typed code is looked up by, whatever its case, spaces and dashes; null for a text that is none. */
export function hashRecoveryCode(typed: string): Uint8Array<ArrayBuffer> | null {
  const text = typed.replaceAll(/[\s-]/g, "").toUpperCase();
  return CODE_SHAPE.test(text) ? hashText(text) : null;
}

function hashText(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(text).digest());
}
