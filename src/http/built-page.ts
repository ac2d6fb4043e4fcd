import { readFileSync } from "node:fs";
import path from "node:path";

/** The folder that the browser's part was built to; null where there is none. */
export type PublicDir = string | null;

/** A document of the browser's part, named by its path in the folder, or null when it was not built. */
export function readBuiltPage(publicDir: PublicDir, page: string): string | null {
  try {
    return publicDir === null ? null : readFileSync(path.join(publicDir, page), "utf8");
  } catch {
    return null;
  }
}
