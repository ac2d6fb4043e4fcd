import { existsSync } from "node:fs";
import path from "node:path";

/** The folder of the package, in which `package.json` and `prisma/` stand, however deep in it this program was built to. */
export const PACKAGE_ROOT = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  if (existsSync(path.join(folder, "package.json"))) return folder;
  const above = path.dirname(folder);
  if (above === folder) throw new Error("No package.json stands above the program.");
  return findRoot(above);
}
