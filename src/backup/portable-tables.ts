/** What belongs to running gateways alone: in no backup, and empty after a restore, so that nobody is signed in by it. */
const PASSING_TABLES: ReadonlySet<string> = new Set(["Session", "RefreshToken", "AccessToken", "Lease", "RateCounter"]);

/** What a portable backup takes along: no keys, no audit trail, nothing that belongs to the store it came from. */
export const PORTABLE_TABLES: ReadonlySet<string> = new Set([
  "User",
  "SecondFactor",
  "RecoveryCode",
  "ExternalIdentity",
  "ServiceToken",
  "Project",
  "Credential",
  "CredentialVersion",
  "ConnectionTest",
  "SyncRun",
  "SyncState",
  "Contact",
  "Product",
]);

/** Whether a backup of this kind has the table. */
export function isBackedUp(table: string, isPortable: boolean): boolean {
  return isPortable ? PORTABLE_TABLES.has(table) : !PASSING_TABLES.has(table);
}

/** Whether a restore of this kind empties the table. */
export function isReplaced(table: string, isPortable: boolean): boolean {
  return isBackedUp(table, isPortable) || PASSING_TABLES.has(table);
}
