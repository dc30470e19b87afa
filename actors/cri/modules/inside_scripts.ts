import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { fromSources, type Recipe } from "../../../runtime/build/source_cache.ts";
import { projectRoot } from "../../../runtime/build/source_files.ts";
import { cachedModule, type ModuleRecipe, placedModule } from "./cached_module.ts";
import { withoutWaits } from "./image_bundle.ts";

const contextEntry = fileURLToPath(new URL("./inside/context_entry.ts", import.meta.url));
const workerEntry = fileURLToPath(new URL("./inside/worker_entry.ts", import.meta.url));

/** The script that makes a context the inside of a simulated container: it sets `inside`. Built once. */
export async function contextScript(): Promise<string> {
  return (await fromSources(contextRecipe)).value;
}

/** How that script is made. */
export const contextRecipe: Recipe<string, string> = {
  name: `image context 2 ${pathToFileURL(contextEntry).href}`,
  make: () =>
    bundle(contextEntry, {
      format: "iife",
      globalName: "inside",
      platform: "neutral",
      mainFields: ["module"],
      target: "es2022",
      supported: withoutWaits,
    }),
  place: (script) => script,
};

/** The module that a worker of an image starts with, as a URL. Built once. */
export function workerModule(): Promise<string> {
  return cachedModule(workerRecipe);
}

/** How that module is made. */
export const workerRecipe: ModuleRecipe = {
  name: `image worker 2 ${pathToFileURL(workerEntry).href}`,
  make: () => bundle(workerEntry, { format: "esm", platform: "node", target: "node20" }),
  ...placedModule,
};

async function bundle(entry: string, options: BuildOptions): Promise<{ sources: string[]; value: string }> {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: [entry],
    absWorkingDir: projectRoot,
    bundle: true,
    minifyWhitespace: true,
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const sources = Object.keys(metafile.inputs).map((path) => join(projectRoot, path));
  return { sources, value: outputFiles?.[0]?.text ?? "" };
}
