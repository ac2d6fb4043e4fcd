const PLACEHOLDER = "{username}";

/** What is wrong with a launch URL as a template, in words; null when nothing is. */
export function findLaunchUrlFault(template: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u0020\u007f\\]/.test(template)) return "may not have white space, control characters or backslashes.";
  const filled = template.replaceAll(PLACEHOLDER, "x");
  // Browsers skip further slashes, and what comes after them is the host.
  if (!/^https?:\/\/[^/]/i.test(filled) || !URL.canParse(filled)) return "must be an http or https URL.";
  if (/[{}]/.test(filled)) return "knows no placeholder but {username}.";
  const authority = template.split("/")[2]?.split(/[?#]/)[0] ?? "";
  if (authority.includes("@")) return "may not carry a user name or password.";
  // In the host a name such as `x.example.com#` would choose where the person is sent.
  return authority.includes("{") ? "may have {username} after the host only." : null;
}

/** The template with the name in it, URL-encoded; null when the name would lead out of its place in the path. */
export function fillLaunchUrl(template: string, username: string): string | null {
  // Browsers take `.` and `..` for steps in the path, percent-encoded too: no encoding keeps them in place.
  if (/^\.{1,2}$/.test(username) && template.includes(PLACEHOLDER)) return null;
  return template.replaceAll(PLACEHOLDER, () => encodeURIComponent(username.toWellFormed()));
}
