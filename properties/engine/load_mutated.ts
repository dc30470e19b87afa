import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { cachedModule, type ModuleRecipe, placedModule } from "../../actors/cri/modules/cached_module.ts";
import { atHome, homelySource, placed } from "../../runtime/build/at_home.ts";
import { packagesAsInstalled } from "../../runtime/build/packages_as_installed.ts";
import { projectRoot } from "../../runtime/build/source_files.ts";
import type { Mutation } from "./mutation.ts";
import { patchedSource } from "./patched_source.ts";

const here = fileURLToPath(import.meta.url);
/** TypeScript in a checkout, JavaScript in the published package. */
const ending = extname(here);

/**
 * Loads a module, and all of ours that it imports, with a deliberate defect: a second copy of the code, beside the sound
 * one. What is made in the one copy is nothing to the other; only data may go between them.
 *
 * A bundler makes the copy, not a loader hook: it does so alike of TypeScript and of what is published, in whatever
 * version of Node, and puts the patched function in place for calls from its own module, too.
 *
 * @param path from the top of the project: `properties/engine/performer.ts`
 * @throws Error when the mutation does not apply (any more), or what it makes does not build
 *
 * @example
 * const { createControllerStage } = await loadMutated<typeof stages>(surgeIgnored, "properties/stages/controllers/stage.ts")
 */
export async function loadMutated<Module>(mutation: Mutation, path: string): Promise<Module> {
  return (await import(await cachedModule(recipe(mutation, sourceOf(path))))) as Module;
}

/**
 * The URL of a module and all of ours that it imports as one, without any defect: what a loader makes of the sources
 * one by one runs a tenth slower, as it keeps the names of all functions, and takes seconds to load.
 *
 * @param path from the top of the project
 */
export function bundledModule(path: string): Promise<string> {
  return cachedModule(recipe(undefined, sourceOf(path)));
}

function recipe(mutation: Mutation | undefined, entry: string): ModuleRecipe {
  return {
    name: `mutated 1 ${mutation?.name ?? ""} ${pathToFileURL(entry).href}`,
    async make() {
      const { outputFiles, metafile } = await build({
        entryPoints: [entry],
        absWorkingDir: projectRoot,
        bundle: true,
        format: "esm",
        platform: "node",
        target: "node20",
        keepNames: false,
        plugins: [...(mutation ? [patched(mutation)] : []), packagesAsInstalled, atHome],
        legalComments: "none",
        metafile: true,
        write: false,
        logLevel: "silent",
      });
      const sources = Object.keys(metafile.inputs).map((input) => join(projectRoot, input));
      if (mutation && !sources.includes(sourceOf(mutation.patch.module))) {
        const target = mutation.patch.module;
        throw new Error(`Cannot load ${entry} with the mutation ${mutation.name}: it does not import ${target}`);
      }
      return { sources: [...sources, here], value: outputFiles[0]?.text ?? "" };
    },
    ...placedModule,
    place: (code, folder) => placedModule.place(placed(code), folder),
  };
}

/** Puts the defect in, and lets the copy know of it. */
function patched({ name, patch }: Mutation): Plugin {
  const source = { name, path: sourceOf(`properties/mutations/${snakeCase(name)}.ts`) };
  const texts = new Map<string, (text: string) => string | Promise<string>>([
    [sourceOf(patch.module), (text) => patchedSource(text, patch, source)],
    [sourceOf("properties/engine/loaded.ts"), () => `export const loadedMutation = ${JSON.stringify(name)};`],
  ]);
  return {
    name: "patched",
    setup({ onLoad }) {
      onLoad({ filter: /\.[jt]s$/ }, async ({ path }) => {
        const change = texts.get(path);
        return change && { contents: await change(await homelySource(path)), loader: "ts" as const };
      });
    },
  };
}

function sourceOf(path: string): string {
  const source = join(projectRoot, path.replace(/\.ts$/, ending));
  if (!existsSync(source)) throw new Error(`Cannot load ${path} with a mutation: there is no ${source}`);
  return source;
}

function snakeCase(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
