import { encodeParts } from "../keys/associated-data.ts";
import type { SealContext, Sealed } from "../keys/envelope.ts";

/** Where a cached access token belongs, all of it bound by the seal: none of it can be changed in the store unseen. */
export type TokenPlace = {
  readonly credentialId: string;
  readonly ownerKey: string;
  /** The cache's generation that the login began in. */
  readonly generation: number;
  /** The credential's version that the login was made with. */
  readonly version: number;
  /** Until when the token is handed out. */
  readonly expiresAt: Date;
};

/** An access token as it is cached, in memory and in the store alike. */
export type SealedToken = TokenPlace & { readonly sealed: Sealed };

/** The seal's context of a cached access token. */
export function accessTokenSealContext(place: TokenPlace): SealContext {
  return {
    purpose: "access-token",
    ownerId: place.ownerKey,
    recordId: place.credentialId,
    field: "token",
    version: place.generation,
    binding: encodeParts([String(place.version), place.expiresAt.toISOString()]),
  };
}
