import { createHash, randomBytes } from "node:crypto";
import type { SealContext } from "../keys/envelope.ts";
import type { RequestOrigin } from "./viewer.ts";

const TOKEN_SHAPE = /^psr_[A-Za-z0-9_-]{43}$/;

/** A new refresh token, 256 random bits behind a prefix that secret scanners can know, and what is stored of it. */
export function makeRefreshToken(): { readonly refreshToken: string; readonly tokenHash: Uint8Array<ArrayBuffer> } {
  const refreshToken = `psr_${randomBytes(32).toString("base64url")}`;
  return { refreshToken, tokenHash: sha256(refreshToken) };
}

/** What a refresh token is looked up by, or null for a text that is none. */
export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> | null {
  return TOKEN_SHAPE.test(token) ? sha256(token) : null;
}

/** SHA-256 of what a client shows of itself: a replay from elsewhere is told from a retry by it. */
export function bindingOf({ ip, userAgent }: RequestOrigin): Uint8Array<ArrayBuffer> {
  return sha256(JSON.stringify([ip, userAgent]));
}

/** The associated data of a sealed successor: it opens in the row of the token that it replaced, nowhere else. */
export function successorContext(token: { readonly id: string; readonly sessionId: string }): SealContext {
  return { purpose: "refresh-successor", ownerId: token.sessionId, recordId: token.id, field: "successor", version: 1 };
}

function sha256(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(text).digest());
}
