import type { AuditEventRepository } from "../audit/audit-event.repository.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import { isUniqueViolation, type Transaction } from "../database/database.ts";
import type { UserModel } from "../database/generated/sqlite/models.ts";
import { badInput, GatewayError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { isEmailAddress } from "./email-address.ts";
import { describeBadHash, parsePasswordHash } from "./password-hash.ts";
import type { UserRepository } from "./user.repository.ts";
import { FIRST_ADMINISTRATOR } from "./user.service.ts";
import { parseNewUsername, parseUsername, type Username } from "./username.ts";
import { requirePermission, type Viewer } from "./viewer.ts";

/** An account of another system. Without a password hash its user gets a password from an administrator. */
export type ImportedAccount = {
  readonly username: string;
  readonly email: string | null;
  readonly passwordHash: string | null;
  readonly isActive: boolean;
};

/** What becomes of an account. KEEP: the user is there; ADD_PASSWORD: is there and has had no password. */
export type PlannedUser = {
  readonly change: "CREATE" | "ADD_PASSWORD" | "KEEP";
  readonly user: UserModel;
  /**
   * When an account was made that no import on record has made or taken over; null for all others. Where registration is open,
   * whoever made it need not be who has its name in the other system.
   */
  readonly madeHere: Date | null;
  /** What a person should know of it; null when all is as in the other system. */
  readonly note: string | null;
};

type UserImportDeps = {
  readonly users: UserRepository;
  readonly events: Pick<AuditEventRepository, "count">;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

/**
 * Owns how accounts of other systems become users. A user who is there already is never changed, but for getting the
 * password that they lack; nobody is taken for another whose name is only written alike.
 */
export class UserImportService {
  readonly #deps: UserImportDeps;

  constructor(deps: UserImportDeps) {
    this.#deps = deps;
  }

  /** @throws {GatewayError} BAD_USER_INPUT with what the account is refused for */
  async plan(viewer: Viewer, account: ImportedAccount): Promise<PlannedUser> {
    requirePermission(viewer, "import:run");
    const name = parseUsername(account.username);
    const stored = name === null ? null : await this.#deps.users.findForLogin(name.canonicalName);
    if (name === null || (stored === null && parseNewUsername(account.username) === null))
      throw badInput("username", "a user name has 1 to 64 characters, none of them invisible");
    if (stored === null) return this.#planNew(name, account);
    const imports = await this.#deps.events.count("ALL", { action: "USER_IMPORTED", targetId: stored.id });
    return { ...planKnown(stored, name, account), madeHere: imports === 0 ? stored.createdAt : null };
  }

  /** Stores what was planned. @throws {GatewayError} CONFLICT when the user has been changed since */
  async write(transaction: Transaction, viewer: Viewer, { change, user, madeHere }: PlannedUser): Promise<void> {
    requirePermission(viewer, "import:run");
    // That an import takes an account over is on record too, so that the next one knows it for one of its own.
    if (change === "KEEP" && madeHere === null) return;
    const { users, audit, clock } = this.#deps;
    if (change === "CREATE") await this.#create(transaction, user);
    else if (change === "ADD_PASSWORD" && !(await users.addPassword(transaction, user, clock.now()))) throw conflict();
    await audit.append(transaction, {
      actor: viewer,
      action: "USER_IMPORTED",
      target: { type: "User", id: user.id },
      ownerId: user.id,
      details: { isNew: change === "CREATE", hasPassword: user.passwordHash !== null, isActive: user.isActive },
    });
  }

  async #planNew(name: Username, account: ImportedAccount): Promise<PlannedUser> {
    const { users, makeId, clock } = this.#deps;
    // Taken by a mere user, the name would leave the first start without an administrator.
    if (name.canonicalName === FIRST_ADMINISTRATOR && !(await users.hasAdministrator())) {
      throw badInput("username", "this is the first administrator's name: start Postern once before moving in");
    }
    const passwordHash = requireUsableHash(account.passwordHash);
    const given = account.email?.trim() || null;
    const email = given !== null && isEmailAddress(given) ? given : null;
    const now = clock.now();
    const user: UserModel = {
      id: makeId("user"),
      ...name,
      email,
      role: "USER",
      isActive: account.isActive,
      passwordHash,
      secondFactorSince: null,
      passwordMadeAt: null,
      createdAt: now,
      updatedAt: now,
    };
    const notes = [
      ...(passwordHash === null ? ["without a password: an administrator has to set one"] : []),
      ...(account.isActive ? [] : ["disabled, as it was"]),
      ...(given !== email ? ["e-mail left out: it is no address"] : []),
    ];
    return { change: "CREATE", user, madeHere: null, note: notes.join("; ") || null };
  }

  async #create(transaction: Transaction, user: UserModel): Promise<void> {
    try {
      await this.#deps.users.create(transaction, user);
    } catch (error) {
      throw isUniqueViolation(error) ? conflict(error) : error;
    }
  }
}

function planKnown(stored: UserModel, { username }: Username, account: ImportedAccount): Omit<PlannedUser, "madeHere"> {
  if (stored.username !== username) {
    throw badInput("username", `the name is the same as that of the user ${stored.username}, who is here already`);
  }
  if (stored.passwordHash === null && account.passwordHash !== null) {
    return { change: "ADD_PASSWORD", user: { ...stored, passwordHash: requireUsableHash(account.passwordHash) }, note: null };
  }
  const keepsOwn = account.passwordHash !== null && account.passwordHash !== stored.passwordHash;
  return { change: "KEEP", user: stored, note: keepsOwn ? "keeps the password they have here" : null };
}

function requireUsableHash(hash: string | null): string | null {
  if (hash !== null && parsePasswordHash(hash) === null)
    throw badInput("passwordHash", `the password hash: ${describeBadHash(hash)}`);
  return hash;
}

function conflict(cause?: unknown): GatewayError {
  return new GatewayError("CONFLICT", "the user was changed meanwhile: run the command again", { cause });
}
