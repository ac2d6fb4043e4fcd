/** Why a backup is not made or not restored, in words for the operator; nothing was changed. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}
