import type { FieldValues } from "../connectors/connector.ts";
import { isIntegrityError } from "../errors.ts";
import type { Clock } from "../identifiers.ts";
import type { CredentialRepository, PrintedVersion } from "./credential.repository.ts";
import type { CredentialValues } from "./credential-values.ts";
import { createWholeVersions, type Place, type WholeVersions } from "./whole-versions.ts";

/** What a version shows without its secrets, and whether they can be had. */
export type ReadableVersion = {
  readonly publicFields: FieldValues;
  readonly secretNames: readonly string[];
  readonly isReadable: boolean;
};

const UNREADABLE: ReadableVersion = { publicFields: {}, secretNames: [], isReadable: false };

type Dependencies = {
  readonly repository: Pick<CredentialRepository, "findVersions">;
  readonly values: Pick<CredentialValues, "open">;
  readonly clock: Clock;
};

/** A credential with the print of its version in use, as a page has it. */
type Printed = { readonly credential: Place; readonly print: string | null };

/**
 * What may be shown of credentials' versions in use. Only opening one tells whether it is whole: what was opened lately is
 * known by its print, so that of a page nothing sealed is read again.
 */
export class CredentialDescriptions {
  readonly #deps: Dependencies;
  readonly #whole: WholeVersions;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
    this.#whole = createWholeVersions();
  }

  /** In the order of the credentials. */
  async describe(credentials: readonly Place[]): Promise<ReadableVersion[]> {
    const versions = await this.#deps.repository.findVersions(credentials);
    const byCredential = new Map(versions.map((version) => [version.credentialId, version]));
    return Promise.all(credentials.map((credential) => this.#describeVersion(credential, byCredential.get(credential.id))));
  }

  /** In the order of the page; only what was not opened lately is read and opened. */
  async describePage(page: readonly Printed[]): Promise<ReadableVersion[]> {
    const now = this.#now();
    const known = page.map(({ credential, print }) => (print === null ? UNREADABLE : this.#whole.find(credential, print, now)));
    const missing = page.flatMap(({ credential }, place) => (known[place] === null ? [credential] : []));
    const described = missing.length === 0 ? [] : await this.describe(missing);
    return known.map((description) => description ?? described.shift() ?? UNREADABLE);
  }

  #describeVersion(credential: Place, version: PrintedVersion | undefined): ReadableVersion | Promise<ReadableVersion> {
    if (version === undefined) return UNREADABLE;
    return this.#whole.find(credential, version.print, this.#now()) ?? this.#describeAnew(credential, version);
  }

  async #describeAnew(credential: Place, version: PrintedVersion): Promise<ReadableVersion> {
    try {
      await this.#deps.values.open(credential, version);
    } catch (error) {
      if (isIntegrityError(error)) return UNREADABLE;
      throw error;
    }
    const readable = {
      publicFields: JSON.parse(version.publicFields) as FieldValues,
      secretNames: JSON.parse(version.secretNames) as string[],
      isReadable: true,
    };
    this.#whole.note(credential, version.print, readable, this.#now());
    return readable;
  }

  #now(): number {
    return this.#deps.clock.now().getTime();
  }
}
