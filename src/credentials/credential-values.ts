import type { Connector, FieldValues } from "../connectors/connector.ts";
import type { CredentialModel, CredentialVersionModel } from "../database/generated/sqlite/models.ts";
import { GatewayError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import type { Envelope } from "../keys/envelope.ts";
import { credentialSealContext } from "./credential.sealing.ts";
import type { Place } from "./whole-versions.ts";

/**
 * The values of a credential's fields, in and out of their sealed form. Secrets are sealed together, one ciphertext a
 * version; the other fields stand beside it in the clear and are bound to it, so that a URL changed in the store makes
 * the secret unreadable instead of sending it to another server.
 */
export class CredentialValues {
  readonly #envelope: Envelope;
  readonly #makeId: MakeId;
  readonly #clock: Clock;

  constructor({ envelope, makeId, clock }: { envelope: Envelope; makeId: MakeId; clock: Clock }) {
    this.#envelope = envelope;
    this.#makeId = makeId;
    this.#clock = clock;
  }

  /** A new version row of the credential, for the number that `credential.version` says. */
  async seal(credential: CredentialModel, connector: Connector, values: FieldValues): Promise<CredentialVersionModel> {
    const secretFields = new Set(connector.fields.filter((field) => field.isSecret).map((field) => field.name));
    const entries = Object.entries(values);
    const secrets = entries.filter(([name]) => secretFields.has(name));
    const described = {
      version: credential.version,
      publicFields: JSON.stringify(Object.fromEntries(entries.filter(([name]) => !secretFields.has(name)))),
      secretNames: JSON.stringify(secrets.map(([name]) => name)),
    };
    const plaintext = Buffer.from(JSON.stringify(Object.fromEntries(secrets)));
    const sealed = await this.#envelope.seal(credentialSealContext(credential, described), plaintext);
    plaintext.fill(0);
    return { id: this.#makeId("version"), credentialId: credential.id, ...described, ...sealed, createdAt: this.#clock.now() };
  }

  /** A version's secrets sealed for the place that its credential moves to. @throws {GatewayError} INTEGRITY_ERROR */
  async sealAnew(before: Place, after: Place, version: CredentialVersionModel): Promise<CredentialVersionModel> {
    const plaintext = await this.#envelope.open(credentialSealContext(before, version), version);
    const sealed = await this.#envelope.seal(credentialSealContext(after, version), plaintext);
    plaintext.fill(0);
    return { ...version, ...sealed };
  }

  /** All values, secret ones included. @throws {GatewayError} INTEGRITY_ERROR when the version cannot be opened. */
  async open(credential: Place, version: CredentialVersionModel | null): Promise<FieldValues> {
    if (version === null) throw new GatewayError("INTEGRITY_ERROR", "The stored secret cannot be opened.");
    const plaintext = await this.#envelope.open(credentialSealContext(credential, version), version);
    const secrets = JSON.parse(plaintext.toString()) as FieldValues;
    plaintext.fill(0);
    return { ...(JSON.parse(version.publicFields) as FieldValues), ...secrets };
  }
}
