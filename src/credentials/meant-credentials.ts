import { type BriefMemory, createBriefMemory } from "../access/brief-memory.ts";
import type { Permission } from "../access/permission.ts";
import { requirePermission, type Viewer } from "../access/viewer.ts";
import type { Clock } from "../identifiers.ts";
import type { CredentialAccess, CredentialSelector, ResolvedCredential } from "./credential-access.ts";

/** Which credential was meant; without the version that would open it. */
export type MeantCredential = Omit<ResolvedCredential, "version">;

/** What another node changed counts here after so long, in milliseconds. */
const MAX_AGE_MS = 1_000;

/**
 * Remembers for a second which credential a caller means, for the use in which nothing of it is opened: a token that is in
 * memory is then handed out without a look at the store. What changes on this node counts at once.
 */
export class MeantCredentials {
  readonly #credentials: Pick<CredentialAccess, "resolve">;
  readonly #memory: BriefMemory<MeantCredential>;

  constructor({ credentials, clock }: { readonly credentials: Pick<CredentialAccess, "resolve">; readonly clock: Clock }) {
    this.#credentials = credentials;
    this.#memory = createBriefMemory(clock, MAX_AGE_MS);
  }

  /** @throws {GatewayError} as `resolve` of the credentials does */
  find(viewer: Viewer, selector: CredentialSelector, permission: Permission): Promise<MeantCredential> {
    requirePermission(viewer, permission);
    const { id, username, connector, project, label } = selector;
    // What of a viewer decides: a service token's limits never change.
    const caller = [viewer.type, viewer.id, viewer.permissions.has("system-credential:write")];
    const key = JSON.stringify([...caller, permission, id, username, connector, project, label]);
    return this.#memory.find(key, async () => {
      const { version: _sealed, ...meant } = await this.#credentials.resolve(viewer, selector, permission);
      return meant;
    });
  }

  /** Ask the store at the next call: a credential has changed. */
  forgetAll(): void {
    this.#memory.forgetAll();
  }
}
