/**
 * True when an object somewhere in a JSON text has two members of one name: which of the two counts is every parser's own
 * choice. The text must be valid JSON.
 */
export function hasDuplicateMembers(json: string): boolean {
  const open: (Set<string> | null)[] = [];
  // A string with the colon that makes it a member's name, if any; other strings are skipped whole, brackets in them too.
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/gs)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (colon !== undefined && text !== undefined) {
      const name = String(JSON.parse(text));
      const members = open.at(-1);
      if (members?.has(name)) return true;
      members?.add(name);
    }
  }
  return false;
}
