import { randomBytes } from "node:crypto";
import { systemActor } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import { type Database, isUniqueViolation } from "../database/database.ts";
import type { UserModel } from "../database/generated/sqlite/models.ts";
import { type Page, type PageRequest, readPage } from "../database/page.ts";
import { badInput, type PersonError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { isEmailAddress } from "./email-address.ts";
import type { Passwords } from "./password.ts";
import { type JudgePassword, PASSWORD_MAX_BYTES, PASSWORD_MIN_BYTES, type PasswordFault } from "./password-policy.ts";
import { type Permission, ROLE_PERMISSIONS } from "./permission.ts";
import { requireRecentAuthenticationInBrowser } from "./reauthentication.ts";
import type { UserRecord, UserRepository } from "./user.repository.ts";
import { canonicalise, parseNewUsername, parseUsername, type Username } from "./username.ts";
import { requirePermission, type Viewer } from "./viewer.ts";

export type NewAccount = { readonly username: string; readonly email?: string | null | undefined; readonly password: string };

/** What anybody may know of this gateway. */
export type GatewayDescription = {
  readonly isRegistrationOpen: boolean;
  readonly passwordMinBytes: number;
  readonly passwordMaxBytes: number;
};

export type RegisterOutcome =
  | { readonly user: UserRecord; readonly userErrors: readonly [] }
  | { readonly user: null; readonly userErrors: readonly PersonError[] };

/** An account that is made for another person. */
export type AccountForOther = Omit<NewAccount, "password"> & {
  readonly password?: string | null | undefined;
  readonly role?: UserRecord["role"] | null | undefined;
};

export type CreateUserOutcome = RegisterOutcome & {
  /** The password, when one was made; to be shown this once. */
  readonly password: string | null;
};

export type UserServiceDeps = {
  readonly database: Database;
  readonly users: UserRepository;
  readonly passwords: Passwords;
  readonly judgePassword: JudgePassword;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
  /** `closed`: only who has `user:create` makes accounts. */
  readonly registration: "open" | "closed";
};

/** Whether Postern made the password, to be handed on: then it is not to last. */
type FirstPassword = { readonly password: string; readonly isPasswordMade: boolean };

type AccountKind = Pick<FirstPassword, "isPasswordMade"> & { readonly role: UserRecord["role"] };

/** Name of the administrator that the first start makes. */
export const FIRST_ADMINISTRATOR = "admin";
const ACTOR = systemActor("start");

/** Owns the accounts. One canonical name, one account, however many nodes register it at once. */
export class UserService {
  readonly #deps: UserServiceDeps;

  constructor(deps: UserServiceDeps) {
    this.#deps = deps;
  }

  /** Creates an account with the role USER, or says why not. */
  async register(viewer: Viewer, input: NewAccount): Promise<RegisterOutcome> {
    requirePermission(viewer, "account:create");
    if (this.#deps.registration === "closed" && !viewer.permissions.has("user:create")) {
      return refuse({ message: "Registration is closed.", field: null, code: "FORBIDDEN" });
    }
    return this.#add(viewer, input, { role: "USER", isPasswordMade: false });
  }

  /**
   * Creates an account for somebody else, with a random password unless one is given, or says why not. In a browser one of
   * an administrator wants the password just given. @throws {GatewayError} REAUTHENTICATION_REQUIRED
   */
  async create(viewer: Viewer, { role, password: given, ...input }: AccountForOther): Promise<CreateUserOutcome> {
    requirePermission(viewer, "user:create");
    if (role === "ADMIN") await requireRecentAuthenticationInBrowser(viewer);
    const password = given ?? randomBytes(18).toString("base64url");
    const outcome = await this.#add(viewer, { ...input, password }, { role: role ?? "USER", isPasswordMade: given == null });
    return { ...outcome, password: outcome.user === null || given != null ? null : password };
  }

  async #add(viewer: Viewer, input: NewAccount, { role, isPasswordMade }: AccountKind): Promise<RegisterOutcome> {
    const name = parseNewUsername(input.username);
    const email = input.email?.trim() || null;
    const fault = await this.#deps.judgePassword(input.password, input.username);
    const faults = findFaults(name, email, fault);
    if (name === null || faults.length > 0) return refuse(...faults);
    if ((await this.#deps.users.findForLogin(name.canonicalName)) !== null) return refuse(USERNAME_TAKEN);

    const user = await this.#createUser(viewer, { ...name, email, role }, { password: input.password, isPasswordMade });
    return user === null ? refuse(USERNAME_TAKEN) : { user, userErrors: [] };
  }

  /** What a sign-in page must know. */
  describeGateway(viewer: Viewer): GatewayDescription {
    requirePermission(viewer, "gateway:read");
    const isRegistrationOpen = this.#deps.registration === "open";
    return { isRegistrationOpen, passwordMinBytes: PASSWORD_MIN_BYTES, passwordMaxBytes: PASSWORD_MAX_BYTES };
  }

  /** What a user may do: by the token that they came with, or by their role. */
  permissionsOf(viewer: Viewer, user: Pick<UserRecord, "id" | "role">): readonly Permission[] {
    return [...(viewer.id === user.id ? viewer.permissions : ROLE_PERMISSIONS[user.role])].sort();
  }

  /** The caller's own account; null for who is no user. */
  async findMe(viewer: Viewer): Promise<UserRecord | null> {
    if (viewer.type !== "USER") return null;
    requirePermission(viewer, "account:read");
    return this.#deps.users.findById(viewer.id);
  }

  /** Those of the ids that the viewer may see, in any order: everyone's with `user:read`, else the own one. */
  async findVisible(viewer: Viewer, ids: readonly string[]): Promise<readonly UserRecord[]> {
    const visible = viewer.permissions.has("user:read") ? ids : ids.filter((id) => id === viewer.id);
    return visible.length === 0 ? [] : this.#deps.users.findMany(visible);
  }

  /** The id of the active user with a name, in any spelling, for Postern's own look-ups; null when there is none. */
  async findIdByName(username: string): Promise<string | null> {
    const name = parseUsername(username);
    return name === null ? null : this.#deps.users.findActiveId(name.canonicalName);
  }

  /** A page of all users, those whose name contains `search` if given. */
  async list(viewer: Viewer, search: string | null | undefined, page: PageRequest): Promise<Page<UserRecord>> {
    requirePermission(viewer, "user:read");
    const name = canonicalise(search ?? "") || null;
    const { users } = this.#deps;
    return readPage(
      page,
      (take, afterId) => users.findPage(name, take, afterId),
      () => users.count(name),
    );
  }

  /**
   * Creates the user `admin` when there is no administrator, exactly once however many nodes start together. Gives the
   * password made for it, to be shown this once, or null when there was nothing to do or `given` is its password.
   * @throws {GatewayError} BAD_USER_INPUT when the given password is too weak
   */
  async ensureFirstAdministrator(given: string | undefined): Promise<string | null> {
    if (await this.#deps.users.hasAdministrator()) return null;
    const password = given ?? randomBytes(18).toString("base64url");
    const fault = await this.#deps.judgePassword(password, FIRST_ADMINISTRATOR);
    if (fault !== null) throw badInput("ADMIN_PASSWORD", fault.message);
    const name = { username: FIRST_ADMINISTRATOR, canonicalName: FIRST_ADMINISTRATOR };
    const user = await this.#createUser(
      null,
      { ...name, email: null, role: "ADMIN" },
      { password, isPasswordMade: given === undefined },
    );
    return user === null || given !== undefined ? null : password;
  }

  /** The new user, or null when another has the name. */
  async #createUser(
    viewer: Viewer | null,
    fields: Pick<UserModel, "username" | "canonicalName" | "email" | "role">,
    { password, isPasswordMade }: FirstPassword,
  ): Promise<UserRecord | null> {
    const { database, users, passwords, audit, makeId, clock } = this.#deps;
    const passwordHash = await passwords.hash(password);
    const now = clock.now();
    const passwordMadeAt = isPasswordMade ? now : null;
    const user: UserRecord = {
      id: makeId("user"),
      ...fields,
      isActive: true,
      secondFactorSince: null,
      passwordMadeAt,
      createdAt: now,
      updatedAt: now,
    };
    try {
      await database.transaction(async (transaction) => {
        await users.create(transaction, { ...user, passwordHash });
        await audit.append(transaction, {
          actor: viewer ?? ACTOR,
          action: "USER_REGISTERED",
          target: { type: "User", id: user.id },
          ownerId: user.id,
          details: { role: user.role },
        });
      });
      return user;
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }
}

const USERNAME_TAKEN: PersonError = { message: "Username already registered", field: "username", code: "USERNAME_TAKEN" };

const refuse = (...userErrors: readonly PersonError[]): RegisterOutcome => ({ user: null, userErrors });

function findFaults(name: Username | null, email: string | null, fault: PasswordFault | null): readonly PersonError[] {
  const faults: PersonError[] = [];
  if (name === null) {
    const message = "A user name has 1 to 64 characters, none of them invisible.";
    faults.push({ message, field: "username", code: "INVALID_USERNAME" });
  }
  if (email !== null && !isEmailAddress(email)) {
    faults.push({ message: "This is not an email address.", field: "email", code: "INVALID_EMAIL" });
  }
  if (fault !== null) faults.push({ ...fault, field: "password" });
  return faults;
}
