import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

function writeSecret(folder, name, text, owner, mode) {
  const file = path.join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  chownSync(file, owner, owner);
  chmodSync(file, mode);
  return file;
}

/** Root's alone, as the entry point of PostgreSQL's image reads it. */
export function makePassword(folder, [{ name }]) {
  const password = randomBytes(24).toString("base64url");
  return { password, file: writeSecret(folder, name, password, 0, 0o400) };
}

/** A node's secret in the form that the composition says, as a mount; `kept` says whose file it is and its mode. */
export function makeDatabaseUrl(folder, [{ name, form }], { password, port }, { owner, mode }) {
  const url = new URL(form.replace("PASSWORD", password));
  url.port = String(port);
  return { from: writeSecret(folder, name, url.href, owner, mode), to: `/run/secrets/${name}`, isReadOnly: true };
}

/** By which name the nodes reach PostgreSQL, as an engine tells them. */
export function makeHosts(folder, [{ form }]) {
  const file = path.join(folder, "hosts");
  writeFileSync(file, `127.0.0.1 localhost\n127.0.0.1 ${new URL(form).hostname}\n`);
  return { from: file, to: "/etc/hosts", isReadOnly: true };
}
