import { createHash } from "node:crypto";
import type { AuditActor } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import { type Database, isUniqueViolation } from "../database/database.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { type BriefMemory, createBriefMemory } from "./brief-memory.ts";
import { isEmailAddress } from "./email-address.ts";
import type { ExternalIdentityRepository } from "./external-identity.repository.ts";
import type { UserRecord, UserRepository } from "./user.repository.ts";
import { parseNewUsername, type Username } from "./username.ts";
import type { RequestOrigin } from "./viewer.ts";

/** Whom a trusted issuer's token speaks of. */
export type ExternalIdentity = {
  readonly issuer: string;
  readonly subject: string;
  readonly username: string | null;
  readonly email: string | null;
};

export type ExternalUserDeps = {
  readonly database: Database;
  readonly identities: ExternalIdentityRepository;
  readonly users: UserRepository;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

/**
 * Owns the users that trusted issuers speak of. A subject is one user, however many requests and nodes see it first, and
 * never one that was there before: a name in a token gives no one another's account.
 */
export class ExternalUserService {
  readonly #deps: ExternalUserDeps;
  readonly #memory: BriefMemory<UserRecord | null>;

  constructor(deps: ExternalUserDeps) {
    this.#deps = deps;
    this.#memory = createBriefMemory(deps.clock);
  }

  /** The subject's user as the store had them up to two seconds ago, disabled ones too; null when there is none. */
  find({ issuer, subject }: Pick<ExternalIdentity, "issuer" | "subject">): Promise<UserRecord | null> {
    return this.#memory.find(keyOf(issuer, subject), () => this.#deps.identities.findUser(issuer, subject));
  }

  /** Ask the store at the next call: a user that is disabled on this node must be refused at once. */
  forgetAll(): void {
    this.#memory.forgetAll();
  }

  /** The subject's user, made now unless somebody else has just done so. */
  async findOrCreate(identity: ExternalIdentity, role: UserRecord["role"], origin: RequestOrigin): Promise<UserRecord | null> {
    const { issuer, subject } = identity;
    for (const name of namesFor(identity)) {
      const user = (await this.#deps.identities.findUser(issuer, subject)) ?? (await this.#create(identity, name, role, origin));
      if (user === null) continue;
      this.#memory.forget(keyOf(issuer, subject));
      return user;
    }
    return this.#deps.identities.findUser(issuer, subject);
  }

  /** The new user; null when the name is taken, or the subject has a user meanwhile. */
  async #create({ issuer, subject, email }: ExternalIdentity, name: Username, role: UserRecord["role"], origin: RequestOrigin) {
    const { database, identities, users, audit, makeId, clock } = this.#deps;
    const now = clock.now();
    const id = makeId("user");
    const address = email !== null && isEmailAddress(email) ? email : null;
    const user: UserRecord = {
      id,
      ...name,
      email: address,
      role,
      isActive: true,
      secondFactorSince: null,
      passwordMadeAt: null,
      createdAt: now,
      updatedAt: now,
    };
    const actor: AuditActor = { type: "ANONYMOUS", id: null, origin };
    try {
      await database.transaction(async (transaction) => {
        await users.create(transaction, { ...user, passwordHash: null });
        await identities.create(transaction, { issuer, subject, userId: id, createdAt: now });
        const details = { role, issuer };
        await audit.append(transaction, { actor, action: "USER_REGISTERED", target: { type: "User", id }, ownerId: id, details });
      });
      return user;
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }
}

/** Names to try in turn: the one in the token, the subject, and either with a tail that no one else has. */
function namesFor({ issuer, subject, username }: ExternalIdentity): readonly Username[] {
  const tail = createHash("sha256").update(keyOf(issuer, subject)).digest("hex").slice(0, 12);
  const wanted = username ?? subject;
  return [wanted, `${wanted.trim()}-${tail.slice(0, 6)}`, `user-${tail}`, `user-${tail}-2`]
    .map(parseNewUsername)
    .filter((name) => name !== null);
}

function keyOf(issuer: string, subject: string): string {
  return JSON.stringify([issuer, subject]);
}
