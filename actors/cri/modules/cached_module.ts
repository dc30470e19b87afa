import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { markUsed } from "../../../runtime/build/cache_limits.ts";
import { fromSources, type Recipe, writeWhole } from "../../../runtime/build/source_cache.ts";
import { shortHash } from "../../../runtime/build/source_files.ts";

/** How a module is made that threads load from the cache: its text, and then its file. */
export type ModuleRecipe = Recipe<string, string>;

/** How the text of a module becomes a file of the cache, whose name it is told by. */
export const placedModule: Pick<ModuleRecipe, "place" | "isUsable"> = {
  async place(code, folder) {
    const file = `${shortHash([code])}.mjs`;
    await writeWhole(join(folder, file), code);
    return file;
  },
  isUsable: (file, folder) => existsSync(join(folder, file)),
};

/** The URL of a module in the cache, made where it is not there yet. */
export async function cachedModule(recipe: ModuleRecipe): Promise<string> {
  const { value: file, folder } = await fromSources(recipe);
  const path = join(folder, file);
  await markUsed(path);
  return pathToFileURL(path).href;
}
