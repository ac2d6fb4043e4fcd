import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { systemActor } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import { type Database, isUniqueViolation } from "../database/database.ts";
import type { SigningKeyModel } from "../database/generated/sqlite/models.ts";
import { GatewayError } from "../errors.ts";
import type { Clock, MakeId } from "../identifiers.ts";
import type { Envelope, SealContext } from "../keys/envelope.ts";
import { SIGNING_SLOT, type SigningKeyRepository } from "./signing-key.repository.ts";

/** The one algorithm of Postern's own tokens; a token that names another is refused before its key is looked at. */
export const SIGNING_ALGORITHM = "EdDSA";

/** Longest life of an access token, in seconds: how long a retired key goes on verifying. */
export const ACCESS_TOKEN_SECONDS = 900;

/** Keys are read again after this many milliseconds, so that one made, retired or removed elsewhere counts here. */
const MAX_AGE_MS = 2_000;
/** A node that has not yet read of a retirement signs on with the old key for a moment; clocks differ a little. */
const RETIREMENT_MARGIN_MS = 60_000;

/** The public half of a key, RFC 8037, as `/.well-known/jwks.json` shows it. */
export type PublicJwk = {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
  readonly alg: typeof SIGNING_ALGORITHM;
  readonly use: "sig";
};

type LoadedKeys = {
  readonly signer: { readonly kid: string; readonly privateKey: KeyObject } | null;
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
  readonly jwks: readonly PublicJwk[];
};

export type SigningKeyServiceDeps = {
  readonly database: Database;
  readonly signingKeys: SigningKeyRepository;
  readonly envelope: Envelope;
  readonly audit: AuditLog;
  readonly makeId: MakeId;
  readonly clock: Clock;
};

const ACTOR = systemActor("signing-keys");

/** The associated data of a private key: a swapped public half would make it unreadable, so it is bound as well. */
export function sealContextOf(key: Pick<SigningKeyModel, "id" | "publicJwk">): SealContext {
  const binding = Buffer.from(key.publicJwk);
  return { purpose: "signing-key", ownerId: "system", recordId: key.id, field: "privateKey", version: 1, binding };
}

/**
 * Owns the Ed25519 keys of the access tokens. One key signs at any time, on all nodes; a retired one verifies until the
 * last token that it signed has expired. Private halves are stored sealed.
 */
export class SigningKeyService {
  readonly #deps: SigningKeyServiceDeps;
  #loaded: Promise<LoadedKeys> | null = null;
  #loadedAt = 0;
  #loading: Promise<LoadedKeys> | null = null;

  constructor(deps: SigningKeyServiceDeps) {
    this.#deps = deps;
  }

  /** Makes a signing key where there is none; of nodes that do so together, one makes it. */
  async ensureSigningKey(): Promise<void> {
    if ((await this.#load()).signer === null) await this.#install(null);
  }

  /** Retires the signing key and makes the next. Gives the id of the key that signs now, another node's if that was quicker. */
  async rotateSigningKey(): Promise<string> {
    const { signer } = await this.#reload();
    await this.#install(signer?.kid ?? null);
    return (await this.findSigner()).kid;
  }

  /** The key that signs; a new one when the last was taken away. @throws {GatewayError} UNAVAILABLE when none could be made. */
  async findSigner(): Promise<{ readonly kid: string; readonly privateKey: KeyObject }> {
    await this.ensureSigningKey();
    const { signer } = await this.#load();
    if (signer === null) throw new GatewayError("UNAVAILABLE", "There is no signing key yet. Try again.");
    return signer;
  }

  /** The key that verifies a token with this `kid`, or null. */
  async findPublicKey(kid: string): Promise<KeyObject | null> {
    const known = (await this.#load()).publicKeys.get(kid);
    // Another node may have made it a moment ago; who sends made-up ones causes one read at a time at most.
    return known ?? (await this.#reload()).publicKeys.get(kid) ?? null;
  }

  /** What `/.well-known/jwks.json` answers: the public members of all keys that still verify. */
  async readJwks(): Promise<{ readonly keys: readonly PublicJwk[] }> {
    return { keys: (await this.#load()).jwks };
  }

  async #install(retiring: string | null): Promise<void> {
    const { database, signingKeys, audit, clock } = this.#deps;
    const key = await this.#makeKey();
    try {
      await database.transaction(async (transaction) => {
        if (retiring !== null && !(await signingKeys.retire(transaction, retiring, key.createdAt))) return;
        await signingKeys.create(transaction, key);
        await signingKeys.deleteRetiredBefore(transaction, retirementHorizon(clock));
        await audit.append(transaction, {
          actor: ACTOR,
          action: "KEY_CREATED",
          target: { type: "SigningKey", id: key.id },
          ownerId: null,
        });
      });
    } catch (error) {
      // Another node took the slot first: its key serves as well.
      if (!isUniqueViolation(error)) throw error;
    }
    this.#loading = null; // a reading under way may have begun before the change
    await this.#reload();
  }

  async #makeKey(): Promise<SigningKeyModel> {
    const { envelope, makeId, clock } = this.#deps;
    const pair = generateKeyPairSync("ed25519");
    const id = makeId("key");
    const { x } = pair.publicKey.export({ format: "jwk" });
    const publicJwk = JSON.stringify({ kty: "OKP", crv: "Ed25519", x, kid: id, alg: SIGNING_ALGORITHM, use: "sig" });
    const plaintext = pair.privateKey.export({ format: "der", type: "pkcs8" });
    const sealed = await envelope.seal(sealContextOf({ id, publicJwk }), plaintext);
    plaintext.fill(0);
    const { keyId, wrappedKey, ciphertext } = sealed;
    return { id, slot: SIGNING_SLOT, publicJwk, keyId, wrappedKey, ciphertext, createdAt: clock.now(), retiredAt: null };
  }

  async #load(): Promise<LoadedKeys> {
    const age = this.#deps.clock.now().getTime() - this.#loadedAt;
    return this.#loaded !== null && age >= 0 && age < MAX_AGE_MS ? this.#loaded : this.#reload();
  }

  #reload(): Promise<LoadedKeys> {
    if (this.#loading !== null) return this.#loading;
    const loading = this.#read(this.#loaded);
    this.#loaded = loading;
    this.#loading = loading;
    this.#loadedAt = this.#deps.clock.now().getTime();
    const settle = (isLoaded: boolean) => {
      if (this.#loading === loading) this.#loading = null;
      if (!isLoaded && this.#loaded === loading) this.#loaded = null;
    };
    loading.then(
      () => settle(true),
      () => settle(false),
    );
    return loading;
  }

  async #read(previous: Promise<LoadedKeys> | null): Promise<LoadedKeys> {
    const { signingKeys, envelope, clock } = this.#deps;
    const rows = await signingKeys.findUsable(retirementHorizon(clock));
    const before = await previous?.catch(() => null);
    const current = rows.find((row) => row.slot === SIGNING_SLOT);
    const openSigner = async (row: SigningKeyModel) => {
      if (before?.signer?.kid === row.id) return before.signer;
      const key = await envelope.open(sealContextOf(row), row);
      const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
      key.fill(0);
      return { kid: row.id, privateKey };
    };
    const jwks = rows.map((row) => JSON.parse(row.publicJwk) as PublicJwk);
    return {
      signer: current === undefined ? null : await openSigner(current),
      publicKeys: new Map(jwks.map((jwk) => [jwk.kid, createPublicKey({ key: { ...jwk }, format: "jwk" })])),
      jwks,
    };
  }
}

function retirementHorizon(clock: Clock): Date {
  return new Date(clock.now().getTime() - ACCESS_TOKEN_SECONDS * 1_000 - RETIREMENT_MARGIN_MS);
}
