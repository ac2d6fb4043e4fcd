/**
 * JSON in ASCII alone: no reader takes any character in it for the end of a line, no terminal for a command, and no direction
 * is turned around. Every parser gives the same value.
 */
export function toAsciiJson(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
