/** The code of an error of node or undici, such as `ECONNREFUSED`; `unknown` when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
}
