/**
 * Text as `search` compares it: without case, accents or differences of width, runs of space as one. Both what is stored
 * and what is looked for go through it, so that SQLite and PostgreSQL find alike whatever their collations say.
 */
export function normalizeText(text: string): string {
  // Plain ASCII without runs of space, as most texts are: the rest would change nothing of it and costs several times as much.
  if (!/[^ -~]/.test(text) && !text.includes("  ")) return text.toLowerCase().trim();
  // Decomposed twice: lower-casing can compose a letter with a mark again ("İ").
  const lowered = text.normalize("NFKD").toLowerCase().normalize("NFKD");
  return lowered.replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim();
}

/** What `search` looks in, from the fields of a row; a line each, so that nothing is found across two of them. */
export function searchTextOf(fields: readonly (string | null)[]): string {
  return fields
    .filter((field) => field !== null)
    .map(normalizeText)
    .filter((field) => field !== "")
    .join("\n");
}

/** Longest name that is sorted by, in UTF-16 units: an index has no room for much more. */
const MAX_SORT_LENGTH = 100;

/** What lists are sorted by for a name, normalised already: its first hundred characters. */
export function sortNameOf(normalizedName: string): string {
  return normalizedName.slice(0, MAX_SORT_LENGTH);
}
