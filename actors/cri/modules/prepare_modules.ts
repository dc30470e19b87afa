import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { atHome, placed } from "../../../runtime/build/at_home.ts";
import { projectRoot } from "../../../runtime/build/source_files.ts";
import { cachedModule, type ModuleRecipe, placedModule } from "./cached_module.ts";
import type { PreparedModules } from "./free_modules.ts";
import { workerModule } from "./inside_scripts.ts";

const entry = fileURLToPath(new URL("./modules_backend.ts", import.meta.url));
/** What stands in a module, until it is placed, for where esbuild is installed. */
const esbuildName = "file:///troupe-esbuild";
const esbuildUrl = pathToFileURL(createRequire(import.meta.url).resolve("esbuild")).href;

/**
 * Makes ready what threads need to run a folder's worker images: JavaScript that they load at their first pull. Built
 * once, cached on disk; the images themselves are built when they are pulled.
 *
 * @throws Error when the folder does not exist
 */
export async function prepareModules(folder: string): Promise<PreparedModules> {
  if (!existsSync(folder)) {
    throw new Error(`Cannot use worker images: there is no folder "${folder}", make one with a module in it`);
  }
  const [backend, worker] = await Promise.all([cachedModule(backendRecipe), workerModule()]);
  return { folder: resolve(folder), backend, worker };
}

/** How the module is made that a thread loads at its first pull. */
export const backendRecipe: ModuleRecipe = {
  name: `image backend 2 ${pathToFileURL(entry).href}`,
  async make() {
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      absWorkingDir: projectRoot,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      plugins: [withEsbuild, atHome],
      legalComments: "none",
      metafile: true,
      write: false,
      logLevel: "silent",
    });
    const sources = Object.keys(metafile.inputs).map((path) => join(projectRoot, path));
    return { sources, value: outputFiles[0]?.text ?? "" };
  },
  ...placedModule,
  place: (code, folder) => placedModule.place(placed(code).replaceAll(esbuildName, esbuildUrl), folder),
};

/** The esbuild that images are built with is the one that is installed. */
const withEsbuild: Plugin = {
  name: "with esbuild",
  setup({ onResolve }) {
    onResolve({ filter: /^esbuild$/ }, () => ({ path: esbuildName, external: true }));
  },
};
