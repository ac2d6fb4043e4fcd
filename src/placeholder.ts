/** What examples and manuals put where a secret belongs, and nothing beside it. */
const WHOLE =
  /^(<.*>|\$\{.*\}|(x|\*|\.|0)+|(change|replace)[-_ ]?(me|this|it)\W*\d*|your[-_ ].*|placeholder|todo|example|secret|password)$/i;

/** The same among other words. With a space between them they may be part of somebody's passphrase. */
const AMONG_OTHERS =
  /(?<![a-z])(changeme|change[-_](me|this|it|in)|replaceme|replace[-_](me|this|it|with)|your[-_](own|secret|api|token|password|jwt|key)|placeholder|(secret|key|token|password)[-_]here)(?![a-z])/i;

/** From so many characters on nobody's random or chosen text says one thing thrice, or goes through the alphabet. */
const LONG = 16;
const MOST_REPEATED = 10;
const SERIES = ["0123456789abcdefghijklmnopqrstuvwxyz", "1234567890".repeat(7), "abcdefghijklmnopqrstuvwxyz0123456789"];

/** True for a text that stands where a secret belongs and is obviously none, however long it is. */
export function isPlaceholder(text: string): boolean {
  if (WHOLE.test(text) || AMONG_OTHERS.test(text)) return true;
  return text.length >= LONG && (isRepetition(text) || SERIES.some((series) => series.includes(text.toLowerCase())));
}

/** True for a short text over and over, the last time perhaps cut off. */
function isRepetition(text: string): boolean {
  return Array.from({ length: MOST_REPEATED }, (_, index) => text.slice(0, index + 1)).some(
    (unit) => unit.length * 3 <= text.length && text === unit.repeat(Math.ceil(text.length / unit.length)).slice(0, text.length),
  );
}
