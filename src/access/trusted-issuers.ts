import { compactVerify } from "jose";
import type { Clock } from "../identifiers.ts";
import type { Authenticator } from "./authentication.ts";
import type { ExternalUserService } from "./external-user.service.ts";
import { couldBeOf, type ForeignToken, findText, readForeignToken, subjectOf } from "./foreign-token.ts";
import type { TrustedIssuer } from "./issuer-entry.ts";
import { createIssuerKeys, type FetchKeySet } from "./issuer-keys.ts";
import { ROLE_PERMISSIONS } from "./permission.ts";
import type { UserRecord } from "./user.repository.ts";
import type { RequestOrigin, UserViewer } from "./viewer.ts";

export type TrustedIssuersDeps = {
  readonly issuers: readonly TrustedIssuer[];
  readonly users: Pick<ExternalUserService, "find" | "findOrCreate">;
  readonly fetchKeySet: FetchKeySet;
  readonly clock: Clock;
};

/** One issuer with the way to prove that a token is its own. */
type Verifier = { readonly issuer: TrustedIssuer; isSigned(token: ForeignToken): Promise<boolean> };

/**
 * The JWTs of the systems that the operator trusts. Only issuer and subject of a token count: role and whether the account
 * is active are the store's, and ADMIN holds through an issuer only whose entry gives it.
 */
export function createTrustedIssuerAuthenticator({ issuers, users, fetchKeySet, clock }: TrustedIssuersDeps): Authenticator {
  const verifiers = issuers.map((issuer) => createVerifier(issuer, fetchKeySet, clock));

  const findUser = async (token: ForeignToken, issuer: TrustedIssuer, origin: RequestOrigin): Promise<UserRecord | null> => {
    const subject = subjectOf(token, issuer);
    if (subject === null) return null;
    const known = await users.find({ issuer: issuer.key, subject });
    if (known !== null || !issuer.createUsers) return known;
    const username = findText(token, issuer.usernameClaims);
    const identity = { issuer: issuer.key, subject, username, email: findText(token, [issuer.emailClaim]) };
    return users.findOrCreate(identity, issuer.role, origin);
  };

  return {
    accepts: (token) => verifiers.length > 0 && token.split(".", 4).length === 3,
    authenticate: async (text, origin) => {
      const token = readForeignToken(text);
      if (token === null) return null;
      for (const { issuer, isSigned } of verifiers) {
        if (!couldBeOf(token, issuer, clock.now()) || !(await isSigned(token))) continue;
        const user = await findUser(token, issuer, origin);
        return user?.isActive === true ? toViewer(user, issuer, origin) : null;
      }
      return null;
    },
  };
}

function createVerifier(issuer: TrustedIssuer, fetchKeySet: FetchKeySet, clock: Clock): Verifier {
  const { proof } = issuer;
  if ("secret" in proof) return { issuer, isSigned: (token) => isSignedWith(token, proof.secret) };
  const keys = createIssuerKeys(proof.jwksUrl, fetchKeySet, clock);
  return {
    issuer,
    isSigned: async (token) => {
      const key = token.kid === null ? null : await keys.find(token.kid, token.alg);
      return key !== null && isSignedWith(token, key);
    },
  };
}

function isSignedWith({ text, alg }: ForeignToken, key: Parameters<typeof compactVerify>[1]): Promise<boolean> {
  return compactVerify(text, key, { algorithms: [alg] }).then(
    () => true,
    () => false,
  );
}

function toViewer(user: UserRecord, issuer: TrustedIssuer, origin: RequestOrigin): UserViewer {
  const role = issuer.role === "ADMIN" ? user.role : "USER";
  const { id, username } = user;
  return { type: "USER", id, username, role, sessionId: null, permissions: ROLE_PERMISSIONS[role], origin };
}
