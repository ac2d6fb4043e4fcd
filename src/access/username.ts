const MAX_CHARACTERS = 64;
/** What is its own canonical form, as most names are. */
const CANONICAL = /^[a-z0-9._@+-]+$/;
const CONTROL_OR_INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/**
 * The one form that all spellings of a name share: full-width letters, capitals and stray spaces make no second
 * account, and dodge no limit that goes by account.
 */
export function canonicalise(text: string): string {
  if (CANONICAL.test(text)) return text;
  // The final sigma is a matter of position, not of name; lower-casing may leave what NFKC would join.
  const folded = text.normalize("NFKC").toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
  return folded.trim().replaceAll(/\s+/gu, " ");
}

/** A user name as typed, without the space around it, and its canonical form. */
export type Username = { readonly username: string; readonly canonicalName: string };

/** The user name in a text, or null: 1 to 64 characters, none of them a control or invisible one. */
export function parseUsername(text: string): Username | null {
  if (text.length > 4 * MAX_CHARACTERS) return null;
  const username = text.trim();
  const canonicalName = canonicalise(username);
  if (canonicalName === "" || isTooLong(username) || isTooLong(canonicalName) || CONTROL_OR_INVISIBLE.test(username)) return null;
  return { username, canonicalName };
}

/** What a font draws as nothing, though Unicode counts it among letters and marks: fillers, joiners, variation selectors. */
const WITHOUT_SHAPE = /[\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The name that a new account gets, or null: beside all that, none of its characters may look like nothing. */
export function parseNewUsername(text: string): Username | null {
  const name = parseUsername(text);
  // Accounts that have such a name already keep it.
  return name === null || WITHOUT_SHAPE.test(name.username) ? null : name;
}

/** By characters, of which some are two code units. */
function isTooLong(text: string): boolean {
  return text.length > MAX_CHARACTERS && [...text].length > MAX_CHARACTERS;
}
