import { pathToFileURL } from "node:url";
import { imageRecipe } from "../../actors/cri/modules/image_bundle.ts";
import { imageFiles } from "../../actors/cri/modules/image_files.ts";
import { contextRecipe, workerRecipe } from "../../actors/cri/modules/inside_scripts.ts";
import { backendRecipe } from "../../actors/cri/modules/prepare_modules.ts";
import { castRecipe } from "../../runtime/build/bundle.ts";
import { builtinsRecipes } from "../../runtime/build/check_module.ts";
import { type Made, shipped } from "../../runtime/build/shipped.ts";
import type { Recipe } from "../../runtime/build/source_cache.ts";
import { cast } from "../../scenarios/cluster/free_cast.ts";

/**
 * Makes all that a cluster would make with esbuild of modules that the package has: both hosts' workers, what images
 * run in, and the images of these folders. It is run compiled, so that it is made of what is published.
 */
export async function shipAll(imageFolders: readonly string[]): Promise<void> {
  const made = (await recipes(imageFolders)).map(async ({ name, make }) => [name, await make()] as const);
  await shipped.ship(new Map<string, Made<unknown>>(await Promise.all(made)));
}

/** How all of it is made. */
async function recipes(
  imageFolders: readonly string[],
): Promise<readonly Pick<Recipe<unknown, never>, "name" | "make">[]> {
  const images = (await Promise.all(imageFolders.map(imageFiles))).flat().map(({ path }) => path);
  const modules = [...cast.actors.map(({ module }) => module), ...images.map((path) => pathToFileURL(path).href)];
  return [
    castRecipe(cast, { isShared: true }),
    castRecipe(cast, { isShared: false }),
    contextRecipe,
    workerRecipe,
    backendRecipe,
    ...images.map(imageRecipe),
    ...builtinsRecipes(modules),
  ];
}
