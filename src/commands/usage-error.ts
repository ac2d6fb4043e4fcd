/** The exit code of every command for words that are not understood, as in sysexits.h: 1 and 2 are for scripts to tell failures by. */
export const USAGE_ERROR = 64;

/** What a command ends with: all is well, something is refused or failed, or its words are not understood. */
export type ExitCode = 0 | 1 | typeof USAGE_ERROR;
