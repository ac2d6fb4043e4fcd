import type { TrustedIssuer } from "../access/issuer-entry.ts";
import { requirePermission, type Viewer } from "../access/viewer.ts";
import type { Config } from "../config.ts";

/** A system whose tokens are believed, without what proves them. */
export type TrustedIssuerView = {
  readonly name: string;
  /** What its tokens' `iss` must be; null: they have none. */
  readonly issuer: string | null;
  readonly proof: "SECRET" | "KEY_SET";
  readonly role: "USER" | "ADMIN";
  readonly createsUsers: boolean;
};

/** What the operator has set in the environment, as far as administrators need to know it. */
export type SettingsView = {
  readonly isFallbackAllowed: boolean;
  readonly isRegistrationOpen: boolean;
  readonly trustedIssuers: readonly TrustedIssuerView[];
};

/** Shows administrators what was set in the environment; no secret of it. */
export class SettingsService {
  readonly #config: Pick<Config, "FALLBACK_POLICY" | "REGISTRATION" | "TRUSTED_ISSUERS">;

  constructor(config: Pick<Config, "FALLBACK_POLICY" | "REGISTRATION" | "TRUSTED_ISSUERS">) {
    this.#config = config;
  }

  read(viewer: Viewer): SettingsView {
    requirePermission(viewer, "settings:read");
    const { FALLBACK_POLICY, REGISTRATION, TRUSTED_ISSUERS } = this.#config;
    return {
      isFallbackAllowed: FALLBACK_POLICY === "allow",
      isRegistrationOpen: REGISTRATION === "open",
      trustedIssuers: TRUSTED_ISSUERS.map(toView),
    };
  }
}

function toView({ key, issuer, proof, role, createUsers }: TrustedIssuer): TrustedIssuerView {
  return { name: key, issuer, proof: "secret" in proof ? "SECRET" : "KEY_SET", role, createsUsers: createUsers };
}
