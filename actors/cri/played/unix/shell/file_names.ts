import { hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import type { Process } from "../kernel/process.ts";
import { type GlobPiece, isPattern, matches, parseGlob } from "../patterns/glob.ts";

const namesMax = 4_096;

/** The files that a pattern means, sorted; none when there are none. */
export function namesMatching(self: Process, pieces: readonly GlobPiece[]): string[] {
  const { tree } = self.kernel.host;
  const levels = splitAtSlashes(pieces);
  const isAbsolute = levels.length > 1 && textOf(levels[0] ?? []) === "";
  let paths = [isAbsolute ? "/" : ""];
  for (const [index, level] of (isAbsolute ? levels.slice(1) : levels).entries()) {
    const glob = parseGlob(level);
    const next: string[] = [];
    for (const path of paths) {
      const before = path === "" || path.endsWith("/") ? path : `${path}/`;
      if (!isPattern(glob)) {
        const name = textOf(level);
        const isThere =
          index === 0 || name === "" || !hasFailed(tree.find(resolvePath(self.folder, before + name), true));
        if (isThere) next.push(before + name);
        continue;
      }
      const folder = tree.find(resolvePath(self.folder, before || "."));
      if (hasFailed(folder) || folder.kind !== "folder") continue;
      const isHiddenMeant = textOf(level).startsWith(".");
      for (const name of folder.entries.keys()) {
        if ((isHiddenMeant || !name.startsWith(".")) && matches(glob, name)) next.push(before + name);
        if (next.length > namesMax) return [];
      }
    }
    paths = next.sort();
  }
  return paths.filter((path) => !hasFailed(tree.find(resolvePath(self.folder, path), true)));
}

function splitAtSlashes(pieces: readonly GlobPiece[]): GlobPiece[][] {
  const levels: GlobPiece[][] = [[]];
  for (const { text, isQuoted } of pieces) {
    for (const [index, name] of text.split("/").entries()) {
      if (index > 0) levels.push([]);
      levels.at(-1)?.push({ text: name, isQuoted });
    }
  }
  return levels;
}

function textOf(pieces: readonly GlobPiece[]): string {
  return pieces.map(({ text }) => text).join("");
}
