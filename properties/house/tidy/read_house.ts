import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { HouseFile } from "./house.ts";

/** What .gitignore names: never part of the house. */
const ignored = new Set(["node_modules", "coverage", "dist", ".git", ".cache"]);

/** Reads every file of the house, sorted by path; files that hold no text of ours come with an empty text. */
export async function readHouse(root: string): Promise<HouseFile[]> {
  const files: HouseFile[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (ignored.has(entry.name) || entry.name.endsWith(".log")) continue;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) files.push({ path, text: await readText(join(root, path)) });
    }
  };
  await visit("");
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function readText(path: string): Promise<string> {
  if (!/\.(ts|mts|mjs|js|json|jsonc|md|yaml|yml|html|css)$/.test(path)) return "";
  return readFile(path, "utf8");
}
