import { requireUser, type UserViewer, type Viewer } from "../access/viewer.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Connector, ConnectorRegistry, FieldProblem, FieldValues } from "../connectors/connector.ts";
import type { Database } from "../database/database.ts";
import type { CredentialStatus } from "../database/generated/sqlite/client.ts";
import type { ConnectionTestModel, CredentialModel } from "../database/generated/sqlite/models.ts";
import { badInput, GatewayError, type PersonError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import { ConnectionError, type ConnectionErrorCode, type ConnectionStage } from "../upstream/connection-error.ts";
import type { ConnectionTestLimit } from "./connection-test-limit.ts";
import type { CredentialRepository } from "./credential.repository.ts";
import type { CredentialSelector } from "./credential-access.ts";
import type { CredentialResolution } from "./credential-resolution.ts";
import type { CredentialValues } from "./credential-values.ts";
import { type FieldInput, mergeFields } from "./field-input.ts";
import { requireConnector } from "./required-connector.ts";

/** How long a whole connection test may take, in milliseconds. */
const TEST_DEADLINE_MS = 30_000;

export type TestInput = {
  readonly credential?: CredentialSelector | null | undefined;
  readonly connector?: string | null | undefined;
  readonly fields?: readonly FieldInput[] | null | undefined;
};

export type TestResult = { readonly connectionTest: ConnectionTestModel; readonly userErrors: readonly PersonError[] };

/** What a test found, before it is a record. */
type Found = Pick<ConnectionTestModel, "outcome" | "message"> & {
  readonly code: ConnectionErrorCode | null;
  readonly stage: ConnectionStage;
  readonly details: Readonly<Record<string, string>>;
};

type Dependencies = {
  readonly database: Database;
  readonly repository: CredentialRepository;
  readonly resolution: CredentialResolution;
  readonly values: CredentialValues;
  readonly connectors: ConnectorRegistry;
  readonly limit: ConnectionTestLimit;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

/** The status that a credential has after the upstream decided: null means that all went well. */
function statusAfter(code: ConnectionErrorCode | null): CredentialStatus {
  if (code === null) return "VALID";
  const isRefused = code === "CREDENTIAL_REJECTED" || code === "PERMISSION_MISSING" || code === "INVALID_FIELDS";
  return isRefused ? "INVALID" : "UNREACHABLE";
}

/** The field problems of a connector as errors a person can act on. */
export function toPersonErrors(problems: readonly FieldProblem[]): PersonError[] {
  return problems.map(({ field, message }) => ({ message, field: `fields.${field}`, code: "INVALID_FIELDS" }));
}

/**
 * Tries credentials at their upstream. A failure is a result, never an exception; the fields of an unsaved credential
 * are tried and forgotten, only the outcome is kept.
 */
export class ConnectionTestService {
  readonly #deps: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** Tests a stored credential, or fields that are not stored. */
  async test(viewer: Viewer, input: TestInput): Promise<TestResult> {
    const user = requireUser(viewer, "credential:test");
    if (input.credential != null && input.connector != null) {
      throw badInput("credential", "Give either a credential or a connector with fields, not both.");
    }
    if (input.credential != null) return this.#testStored(user, input.credential);
    const connector = requireConnector(this.#deps.connectors, input.connector ?? "");
    const parsed = connector.parseFields(mergeFields({}, input.fields ?? []));
    const outcome = parsed.ok
      ? await this.tryValues(user, connector, parsed.values)
      : this.invalidFields(connector, parsed.problems);
    await this.#store(user, { ...outcome, userId: user.id }, null);
    return { connectionTest: outcome, userErrors: parsed.ok ? errorsOf(outcome) : toPersonErrors(parsed.problems) };
  }

  /** Keeps a credential's status true after Postern itself used it. */
  async noteOutcome(used: Pick<CredentialModel, "id" | "version">, code: ConnectionErrorCode | null): Promise<void> {
    await this.#deps.repository.setStatus(used, statusAfter(code));
  }

  /**
   * Runs a connector's test for the viewer; the result is not stored yet.
   * @throws {GatewayError} RATE_LIMITED when too many of theirs failed
   */
  tryValues(viewer: Viewer, connector: Connector, values: FieldValues): Promise<ConnectionTestModel> {
    return this.#deps.limit.guard(viewer, async (settle) => {
      const startedAt = performance.now();
      const found = await this.#run(connector, values);
      await settle(found);
      return this.#result(connector, startedAt, found);
    });
  }

  async #run(connector: Connector, values: FieldValues): Promise<Found> {
    let stage: ConnectionStage = "VALIDATE";
    const onStage = (begun: ConnectionStage) => {
      stage = begun;
    };
    try {
      const report = await connector.test(values, { signal: AbortSignal.timeout(TEST_DEADLINE_MS), onStage });
      return { outcome: "PASSED", code: null, ...report };
    } catch (error) {
      const failure =
        error instanceof ConnectionError
          ? error
          : new ConnectionError("UNEXPECTED_RESPONSE", stage, "The test could not be carried out.", { cause: error });
      return {
        outcome: "FAILED",
        code: failure.code,
        stage: failure.stage,
        message: failure.hint === undefined ? failure.message : `${failure.message}. ${failure.hint}`,
        details: {},
      };
    }
  }

  /** The result for fields that the connector does not take: nothing was contacted. */
  invalidFields(connector: Connector, problems: readonly FieldProblem[]): ConnectionTestModel {
    const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join(" ");
    return this.#result(connector, performance.now(), {
      outcome: "FAILED",
      code: "INVALID_FIELDS",
      stage: "VALIDATE",
      message,
      details: {},
    });
  }

  async #testStored(user: UserViewer, selector: CredentialSelector): Promise<TestResult> {
    const { credential, version } = await this.#deps.resolution.resolve(user, selector, "credential:test");
    const connector = this.#deps.connectors.find(credential.connectorId);
    if (connector === null) throw new GatewayError("CONFLICT", "This Postern has no connector for that credential any more.");
    const values = await this.#deps.values.open(credential, version);
    const outcome = await this.tryValues(user, connector, values);
    await this.#store(user, { ...outcome, userId: user.id, credentialId: credential.id }, credential);
    return { connectionTest: outcome, userErrors: errorsOf(outcome) };
  }

  async #store(user: UserViewer, test: ConnectionTestModel, credential: CredentialModel | null): Promise<void> {
    const { database, repository, audit } = this.#deps;
    await database.transaction(async (transaction) => {
      await repository.insertTest(transaction, test);
      if (credential !== null) await repository.setLastTest(transaction, credential, test.id, statusAfter(codeOf(test)));
      await audit.append(transaction, {
        actor: user,
        action: "CREDENTIAL_TESTED",
        outcome: test.outcome === "PASSED" ? "SUCCEEDED" : "FAILED",
        ...(credential === null ? {} : { target: { type: "Credential", id: credential.id }, ownerId: credential.ownerId }),
        details: { connector: test.connectorId, stage: test.stage, code: test.code },
      });
    });
  }

  #result(connector: Connector, startedAt: number, found: Found): ConnectionTestModel {
    const { outcome, code, stage, message, details } = found;
    return {
      id: this.#deps.makeId("test"),
      credentialId: null,
      connectorId: connector.id,
      userId: null,
      outcome,
      stage,
      code,
      message,
      details: JSON.stringify(details),
      durationMs: Math.round(performance.now() - startedAt),
      testedAt: this.#deps.clock.now(),
    };
  }
}

function codeOf(test: ConnectionTestModel): ConnectionErrorCode | null {
  return test.code as ConnectionErrorCode | null;
}

/** A failed test as the errors of a payload. */
export function errorsOf(test: ConnectionTestModel): PersonError[] {
  return test.outcome === "PASSED" ? [] : [{ message: test.message, field: null, code: test.code ?? "UNEXPECTED_RESPONSE" }];
}
