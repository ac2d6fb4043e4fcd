import { randomBytes } from "node:crypto";
import type { AuditAction } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import { type Database, isUniqueViolation, type Transaction } from "../database/database.ts";
import { GatewayError, type PersonError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import type { Envelope } from "../keys/envelope.ts";
import { type GivenProof, type IdentityProof, NO_PASSWORD } from "./identity-proof.ts";
import { requireRecentAuthentication } from "./reauthentication.ts";
import { makeRecoveryCodes } from "./recovery-code.ts";
import type { RequiredSteps } from "./required-step.ts";
import type { SecondFactorRepository } from "./second-factor.repository.ts";
import { secondFactorSealContext } from "./second-factor.sealing.ts";
import { findStep, WRONG_CODE } from "./second-factor-check.ts";
import type { SessionRepository } from "./session.repository.ts";
import { TOTP_SECRET_BYTES, toBase32, totpUri } from "./totp.ts";
import type { UserRepository } from "./user.repository.ts";
import { requireUser, type UserViewer, type Viewer } from "./viewer.ts";

/** How the viewer's second factor stands. */
export type SecondFactorState = {
  /** Null: there is none. */
  readonly enabledAt: Date | null;
  readonly recoveryCodesLeft: number;
  /** Whether this gateway asks for one of a user of their role. */
  readonly isRequired: boolean;
};

export type StartOutcome = {
  /** In base32; to be shown until a code has proved that the app has it. */
  readonly secret: string | null;
  readonly keyUri: string | null;
  readonly userErrors: readonly PersonError[];
};

export type RecoveryCodesOutcome = {
  /** To be shown this once; null when there are errors. */
  readonly recoveryCodes: readonly string[] | null;
  readonly userErrors: readonly PersonError[];
};

export type SecondFactorServiceDeps = {
  readonly database: Database;
  readonly factors: SecondFactorRepository;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly proof: IdentityProof;
  readonly requiredSteps: RequiredSteps;
  readonly envelope: Envelope;
  /** Makes this node ask the store about every user and session anew. */
  readonly forgetUsers: () => void;
  /** Told whenever something sealed was deleted, once that is stored. */
  readonly onSealedDeleted: () => void;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

type Event = { readonly action: "SECOND_FACTOR_ENABLED" | "SECOND_FACTOR_DISABLED"; readonly since: Date | null };

/**
 * Owns the second factor that users turn on for themselves: an authenticator app, and recovery codes for when it is lost.
 * From the moment that it is on, a password alone opens nothing; turning it on or off ends the user's other sessions.
 */
export class SecondFactorService {
  readonly #deps: SecondFactorServiceDeps;

  constructor(deps: SecondFactorServiceDeps) {
    this.#deps = deps;
  }

  async findState(viewer: Viewer): Promise<SecondFactorState> {
    const user = requireUser(viewer, "account:read");
    const { users, factors, requiredSteps } = this.#deps;
    const [proof, recoveryCodesLeft] = await Promise.all([users.findProof(user.id), factors.countRecoveryCodes(user.id)]);
    const isRequired = user.sessionId !== null && requiredSteps.needsSecondFactor(user);
    return { enabledAt: proof?.secondFactorSince ?? null, recoveryCodesLeft, isRequired };
  }

  /**
   * Makes the secret for an authenticator app; it counts from when `enable` has had a code of it.
   * @throws {GatewayError} REAUTHENTICATION_REQUIRED; CONFLICT when another request did the same at once
   */
  async start(viewer: Viewer): Promise<StartOutcome> {
    const user = requireUser(viewer, "account:write");
    await requireRecentAuthentication(user);
    const { database, users, factors, envelope, makeId, clock } = this.#deps;
    const proof = await users.findProof(user.id);
    if (proof === null || proof.passwordHash === null) return refuseStart(NO_PASSWORD);
    if (proof.secondFactorSince !== null) return refuseStart(ALREADY_ON);
    const secret = randomBytes(TOTP_SECRET_BYTES);
    const place = { id: makeId("factor"), userId: user.id };
    const sealed = await envelope.seal(secondFactorSealContext(place), secret);
    const shown = { secret: toBase32(secret), keyUri: totpUri(secret, user.username) };
    secret.fill(0);
    const factor = { ...place, ...sealed, confirmedAt: null, lastStep: 0, createdAt: clock.now() };
    try {
      await database.transaction((transaction) => factors.createUnconfirmed(transaction, factor));
    } catch (error) {
      throw isUniqueViolation(error) ? changedMeanwhile() : error;
    }
    return { ...shown, userErrors: [] };
  }

  /** Turns the second factor on by a code of the app that has the secret. @throws {GatewayError} REAUTHENTICATION_REQUIRED */
  async enable(viewer: Viewer, code: string): Promise<RecoveryCodesOutcome> {
    const user = requireUser(viewer, "account:write");
    await requireRecentAuthentication(user);
    const { factors, clock } = this.#deps;
    const factor = await factors.findByUser(user.id);
    if (factor === null || factor.confirmedAt !== null) return refuse(factor === null ? NOT_STARTED : ALREADY_ON);
    const step = await findStep(this.#deps, factor, code);
    if (step === null) return refuse(WRONG_CODE);
    const now = clock.now();
    return this.#change(user, { action: "SECOND_FACTOR_ENABLED", since: now }, async (transaction) => {
      if (!(await factors.confirm(transaction, factor.id, now, step))) throw changedMeanwhile();
      return this.#giveRecoveryCodes(transaction, user.id);
    });
  }

  /** Turns the second factor off, for who gives password and code. @throws {GatewayError} RATE_LIMITED */
  async disable(viewer: Viewer, given: GivenProof): Promise<readonly PersonError[]> {
    const user = requireUser(viewer, "account:write");
    const fault = await this.#findFault(user, given, "SECOND_FACTOR_DISABLED");
    if (fault !== null) return [fault];
    const outcome = await this.#change(user, { action: "SECOND_FACTOR_DISABLED", since: null }, async (transaction) => {
      await this.#deps.factors.delete(transaction, user.id);
      return [];
    });
    this.#deps.onSealedDeleted();
    return outcome.userErrors;
  }

  /** Other recovery codes in place of those that are left, for who gives password and code. @throws {GatewayError} RATE_LIMITED */
  async renewRecoveryCodes(viewer: Viewer, given: GivenProof): Promise<RecoveryCodesOutcome> {
    const user = requireUser(viewer, "account:write");
    const fault = await this.#findFault(user, given, "RECOVERY_CODES_RENEWED");
    if (fault !== null) return refuse(fault);
    const { database, audit } = this.#deps;
    const recoveryCodes = await database.transaction(async (transaction) => {
      const codes = await this.#giveRecoveryCodes(transaction, user.id);
      const target = { type: "User", id: user.id };
      await audit.append(transaction, { actor: user, action: "RECOVERY_CODES_RENEWED", target });
      return codes;
    });
    return { recoveryCodes, userErrors: [] };
  }

  /** What keeps a user who has a second factor from changing it. */
  async #findFault(user: UserViewer, given: GivenProof, action: AuditAction): Promise<PersonError | null> {
    const before = await this.#deps.users.findProof(user.id);
    if (before?.secondFactorSince == null) return NOT_ON;
    const proof = await this.#deps.proof.prove(user, given, { action, target: { type: "User", id: user.id } });
    return "fault" in proof ? proof.fault : null;
  }

  async #change(
    user: UserViewer,
    { action, since }: Event,
    write: (transaction: Transaction) => Promise<readonly string[]>,
  ): Promise<RecoveryCodesOutcome> {
    const { database, users, sessions, forgetUsers, audit, clock } = this.#deps;
    const now = clock.now();
    const recoveryCodes = await database.transaction(async (transaction) => {
      const codes = await write(transaction);
      await users.update(transaction, user.id, { secondFactorSince: since, updatedAt: now });
      const end = { endedAt: now, endReason: action };
      const endedSessions = await sessions.endAll(transaction, user.id, end, user.sessionId);
      const target = { type: "User", id: user.id };
      await audit.append(transaction, { actor: user, action, target, details: { endedSessions } });
      return codes;
    });
    forgetUsers();
    return { recoveryCodes, userErrors: [] };
  }

  async #giveRecoveryCodes(transaction: Transaction, userId: string): Promise<readonly string[]> {
    const { factors, makeId, clock } = this.#deps;
    const codes = makeRecoveryCodes();
    const createdAt = clock.now();
    const rows = codes.map(({ codeHash }) => ({ id: makeId("recovery"), userId, codeHash, createdAt }));
    await factors.replaceRecoveryCodes(transaction, userId, rows);
    return codes.map(({ code }) => code);
  }
}

const refuse = (fault: PersonError): RecoveryCodesOutcome => ({ recoveryCodes: null, userErrors: [fault] });

const refuseStart = (fault: PersonError): StartOutcome => ({ secret: null, keyUri: null, userErrors: [fault] });

const changedMeanwhile = () => new GatewayError("CONFLICT", "The second factor was changed at the same time.");

const ALREADY_ON: PersonError = { message: "The second factor is on already.", field: null, code: "SECOND_FACTOR_ON" };

const NOT_ON: PersonError = { message: "There is no second factor.", field: null, code: "SECOND_FACTOR_OFF" };

const NOT_STARTED: PersonError = {
  message: "There is no secret to prove yet: begin anew.",
  field: null,
  code: "SECOND_FACTOR_NOT_STARTED",
};
