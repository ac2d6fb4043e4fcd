/** What may stand in a request once: whoever is in front of us may have gone by the other one. */
const SINGLE: ReadonlySet<string> = new Set([
  "host",
  "authorization",
  "content-length",
  "content-type",
  "content-encoding",
  "transfer-encoding",
  "cookie",
  "origin",
]);

/**
 * The first header that stands in a request twice although it may not, or null. Node joins some and drops others without a
 * word, so this looks at the names as they were sent, each followed by its value.
 */
export function repeatedHeaderOf(rawHeaders: readonly string[]): string | null {
  let seen = "";
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen.includes(` ${name} `)) return name;
    seen += ` ${name} `;
  }
  return null;
}
