import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that paths in esbuild's metafiles are relative to. */
export const projectRoot = fileURLToPath(new URL("../../", import.meta.url));

const ofPackage = "npm:";

/** A file by what it is, wherever we are installed: its place below us, or in a package that is found from us. */
export function portablePath(path: string): string {
  const inside = relative(projectRoot, path).replaceAll("\\", "/");
  const [, installed] = /(?:^|\/)node_modules\/(.*)$/.exec(inside) ?? [];
  return installed === undefined ? inside : `${ofPackage}${installed}`;
}

/** The place of a portable path here. Packages are looked for as Node does it: in our folder, and up from there. */
export function absolutePath(portable: string): string {
  if (!portable.startsWith(ofPackage)) return join(projectRoot, portable);
  const inside = join("node_modules", portable.slice(ofPackage.length));
  for (let folder = dirname(join(projectRoot, "-")); ; folder = dirname(folder)) {
    const path = join(folder, inside);
    // Who misses it says so by this name.
    if (existsSync(path) || dirname(folder) === folder) return path;
  }
}

/** Changes whenever a file does; undefined of one that is not there. The command's starter has the same words of its own. */
export function stampOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
}

/** A file that was written later may have the times that it had before: file systems' clocks are coarse. */
const settledMs = 1_000;

/**
 * The stamps of files in one, far cheaper than their content; undefined where one is not there or was written too lately
 * before `atMs`, a wall clock's time, to be told by it.
 */
export function stampsOf(paths: readonly string[], atMs: number): string | undefined {
  const hash = createHash("sha256");
  for (const path of paths) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found || found.ctimeMs > atMs - settledMs) return undefined;
    hash.update(`${path} ${found.size} ${found.mtimeMs} ${found.ctimeMs}\0`);
  }
  return hash.digest("hex");
}

/** The same for all files with the same content, wherever they lie. */
export async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const content of await Promise.all(paths.map((path) => readFile(path)))) hash.update(content).update("\0");
  return hash.digest("hex");
}

/** Whether files still have the content that had this hash; those that are gone have not. */
export async function haveHash(paths: readonly string[], hash: string): Promise<boolean> {
  try {
    return (await hashOf(paths)) === hash;
  } catch {
    return false;
  }
}

/** A short name for some texts. */
export function shortHash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}
