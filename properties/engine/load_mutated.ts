import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { cachedModule, placedModule } from "../../actors/cri/modules/cached_module.ts";
import { atHome, homelySource, placed } from "../../runtime/build/at_home.ts";
import { markUsed } from "../../runtime/build/cache_limits.ts";
import { packagesAsInstalled } from "../../runtime/build/packages_as_installed.ts";
import { fromSources, type Recipe } from "../../runtime/build/source_cache.ts";
import { projectRoot } from "../../runtime/build/source_files.ts";
import { all } from "../mutations/all.ts";
import type { Mutation } from "./mutation.ts";
import { patchedSource } from "./patched_source.ts";

const here = fileURLToPath(import.meta.url);
/** TypeScript in a checkout, JavaScript in the published package. */
const ending = extname(here);

/** All that deliberate defects change, by the absolute path of the module and the export. */
const patchedExports = new Map<string, Map<string, Mutation[]>>();
for (const mutation of all as readonly Mutation[]) {
  const { module, name } = mutation.patch;
  const path = pathOf(module);
  const known = patchedExports.get(path) ?? new Map<string, Mutation[]>();
  patchedExports.set(path, known.set(name, [...(known.get(name) ?? []), mutation]));
}

/**
 * Loads a module, and all of ours that it imports, with a deliberate defect: a second copy of the code, beside the sound
 * one. What is made in the one copy is nothing to the other; only data may go between them.
 *
 * A bundler makes the copy, not a loader hook: it does so alike of TypeScript and of what is published, in whatever
 * version of Node, and puts the patched function in place for calls from its own module, too. It makes one text for all
 * mutations of what the module imports, which is told by its URL which of them it is to have: making it takes longer
 * than all else that a test does with it.
 *
 * @param path from the top of the project: `properties/engine/performer.ts`
 * @throws Error when the mutation does not apply (any more), or what it makes does not build
 *
 * @example
 * const { createControllerStage } = await loadMutated<typeof stages>(surgeIgnored, "properties/stages/controllers/stage.ts")
 */
export async function loadMutated<Module>({ name, patch }: Mutation, path: string): Promise<Module> {
  const entry = sourceOf(path);
  const { value, folder } = await fromSources(mutableRecipe(entry));
  if (!value.modules.includes(patch.module)) {
    throw new Error(`Cannot load ${entry} with the mutation ${name}: it does not import ${sourceOf(patch.module)}`);
  }
  const file = join(folder, value.file);
  await markUsed(file);
  return (await import(`${pathToFileURL(file).href}?${mutationWord}=${name}`)) as Module;
}

/**
 * The URL of a module and all of ours that it imports as one, without any defect: what a loader makes of the sources
 * one by one runs a tenth slower, as it keeps the names of all functions, and takes seconds to load.
 *
 * @param path from the top of the project
 */
export function bundledModule(path: string): Promise<string> {
  const entry = sourceOf(path);
  return cachedModule({
    name: `bundled 1 ${pathToFileURL(entry).href}`,
    async make() {
      const { sources, code } = await bundled(entry, []);
      return { sources, value: code };
    },
    ...placedModule,
    place: (code, folder) => placedModule.place(placed(code), folder),
  });
}

/** A module that can be loaded with any mutation of what it imports. */
interface Mutable<Text> {
  /** Its code, or the file of the cache that has it. */
  readonly file: Text;
  /** The modules, of those that it imports, that mutations change; as these name them. */
  readonly modules: readonly string[];
}

function mutableRecipe(entry: string): Recipe<Mutable<string>, Mutable<string>> {
  return {
    name: `mutable 1 ${pathToFileURL(entry).href}`,
    async make() {
      const { sources, code } = await bundled(entry, [mutable]);
      const modules = (all as readonly Mutation[]).map(({ patch }) => patch.module);
      const reached = modules.filter((module) => sources.includes(pathOf(module)));
      return { sources, value: { file: code, modules: [...new Set(reached)] } };
    },
    place: async ({ file, modules }, folder) => ({ file: await placedModule.place(placed(file), folder), modules }),
    isUsable: ({ file }, folder) => existsSync(join(folder, file)),
  };
}

async function bundled(entry: string, plugins: readonly Plugin[]) {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: projectRoot,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    keepNames: false,
    plugins: [...plugins, packagesAsInstalled, atHome],
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const inputs = Object.keys(metafile.inputs).filter((input) => !input.startsWith(`${choiceSpace}:`));
  return { sources: [...inputs.map((input) => join(projectRoot, input)), here], code: outputFiles[0]?.text ?? "" };
}

const [choiceSpace, mutationWord] = ["choice", "mutation"];

/** Puts all mutations in, of which a copy has the one that its URL names, and lets the copy know of it. */
const mutable: Plugin = {
  name: "mutable",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\.[jt]s$/ }, async ({ path }) => {
      if (path === pathOf("properties/engine/loaded.ts")) return { contents: loadedText, loader: "ts" };
      const patched = patchedExports.get(path);
      if (!patched) return undefined;
      let contents = await homelySource(path);
      for (const [{ name, patch }] of [...patched.values()] as [Mutation][]) {
        contents = await patchedSource(contents, patch, { name, path: `${choiceSpace}:${path}#${patch.name}` });
      }
      return { contents, loader: "ts" };
    });
    onResolve({ filter: new RegExp(`^${choiceSpace}:`) }, ({ path }) => ({
      path: path.slice(choiceSpace.length + 1),
      namespace: choiceSpace,
    }));
    onLoad({ filter: /.*/, namespace: choiceSpace }, ({ path }) => {
      const at = path.lastIndexOf("#");
      const mutations = patchedExports.get(path.slice(0, at))?.get(path.slice(at + 1)) ?? [];
      return { contents: choiceText(mutations), loader: "ts", resolveDir: projectRoot };
    });
  },
};

const loadedText = `export const loadedMutation = new URL(import.meta.url).searchParams.get(${JSON.stringify(mutationWord)}) ?? undefined;`;

/** A module that exports the mutation that is to be, under the first one's name. */
function choiceText(mutations: readonly Mutation[]): string {
  const names = mutations.map(({ name }) => name);
  const from = (path: string) => JSON.stringify(sourceOf(path));
  return [
    `import { loadedMutation } from ${from("properties/engine/loaded.ts")};`,
    ...names.map((name) => `import { ${name} } from ${from(`properties/mutations/${snakeCase(name)}.ts`)};`),
    "const sound = { patch: { wrap: (sound) => sound } };",
    `const chosen = [${names.join(", ")}].find(({ name }) => name === loadedMutation) ?? sound;`,
    `export { chosen as ${names[0]} };`,
  ].join("\n");
}

/** Where a module is, here or as it is published. */
function pathOf(path: string): string {
  return join(projectRoot, path.replace(/\.ts$/, ending));
}

function sourceOf(path: string): string {
  const source = pathOf(path);
  if (!existsSync(source)) throw new Error(`Cannot load ${path} with a mutation: there is no ${source}`);
  return source;
}

function snakeCase(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
