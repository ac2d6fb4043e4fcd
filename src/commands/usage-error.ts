/** The exit code of every command for words that are not understood, as in sysexits.h: 1 and 2 are for scripts to tell failures by. */
export const USAGE_ERROR = 64;
