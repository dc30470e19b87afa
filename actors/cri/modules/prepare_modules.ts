import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { projectRoot } from "../../../runtime/build/source_files.ts";
import { cachedModule, type ModuleRecipe, placedModule } from "./cached_module.ts";
import type { PreparedModules } from "./free_modules.ts";
import { workerModule } from "./inside_scripts.ts";

const entry = fileURLToPath(new URL("./modules_backend.ts", import.meta.url));
/** What stands in a module, until it is placed, for where we and esbuild are installed. */
const [homeName, esbuildName] = ["file:///troupe-home/", "file:///troupe-esbuild"];
const homeUrl = pathToFileURL(projectRoot).href;
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
      plugins: [atHome],
      legalComments: "none",
      metafile: true,
      write: false,
      logLevel: "silent",
    });
    const sources = Object.keys(metafile.inputs).map((path) => join(projectRoot, path));
    return { sources, value: outputFiles[0]?.text ?? "" };
  },
  ...placedModule,
  place: (code, folder) =>
    placedModule.place(code.replaceAll(homeName, homeUrl).replaceAll(esbuildName, esbuildUrl), folder),
};

/** Whether it is a source of ours, as it is written or as it is published: both look for files beside themselves. */
function isOurs(path: string): boolean {
  return path.startsWith(projectRoot) && !/(^|[/\\])node_modules[/\\]/.test(path.slice(projectRoot.length));
}

/** Sources that look for files beside themselves still find them, and esbuild is the one that is installed. */
const atHome: Plugin = {
  name: "at home",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^esbuild$/ }, () => ({ path: esbuildName, external: true }));
    onLoad({ filter: /\.[jt]s$/ }, async ({ path }) => {
      if (!isOurs(path)) return undefined;
      const text = await readFile(path, "utf8");
      return {
        contents: text.replaceAll(
          "import.meta.url",
          JSON.stringify(pathToFileURL(path).href.replace(homeUrl, homeName)),
        ),
        loader: "ts" as const,
      };
    });
  },
};
