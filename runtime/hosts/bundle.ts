import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { ActorDefinition } from "../actor.ts";
import type { FreeCast } from "./free_cast.ts";
import { fromSources, markUsed, projectRoot, shortHash, writeFolder } from "./source_cache.ts";

/** How workers share the code of a cast. */
export interface BundleOptions {
  /** Whether actors of all kinds may live in one worker. Else one has the code of one actor's module. */
  readonly isShared: boolean;
}

/** A cast's worker code, built once. */
export interface Bundles {
  /** What a worker imports to perform such an actor. */
  urlOf(definition: Pick<ActorDefinition, "module">): string;
  /** False when it was found in the cache. */
  readonly isNew: boolean;
}

/** A folder of the cache, and in it the entry by the module of the actors. */
interface BundleFolder {
  readonly name: string;
  readonly entries: Readonly<Record<string, string>>;
}

const shardEntry = fileURLToPath(new URL("./shard_entry.ts", import.meta.url));
const entryName = "worker_entry.ts";

/**
 * Bundles the shard runtime with the modules of actors and of devices: one module graph for a worker, so that each
 * module exists once in it; what is imported on use is a file of its own. The result is cached by the content of all
 * its sources; workers start from it in a fraction of the time and memory that a TypeScript loader in each of them
 * would cost.
 *
 * @throws Error when a module of the cast does not build
 */
export async function bundleCast({ actors, devices }: FreeCast, { isShared }: BundleOptions): Promise<Bundles> {
  const modules = [...new Set(actors.map(({ module }) => module))];
  const groups = isShared ? [modules] : modules.map((module) => [module]);
  const { value, folder, isNew } = await fromSources<BundleFolder>(`bundles 1 ${JSON.stringify([devices, groups])}`, {
    make: (cacheFolder) => make(groups, devices, cacheFolder),
    isUsable: ({ name }, cacheFolder) => existsSync(join(cacheFolder, name)),
  });
  const path = join(folder, value.name);
  await markUsed(path);
  return {
    urlOf: ({ module }) => pathToFileURL(join(path, value.entries[module] ?? "")).href,
    isNew,
  };
}

async function make(groups: readonly (readonly string[])[], devices: string, cacheFolder: string) {
  const built = await Promise.all(groups.map((modules) => buildOne(modules, devices, cacheFolder)));
  const files = new Map(built.flatMap(({ outputs }) => outputs.map(({ path, text }) => [basename(path), text])));
  const name = shortHash([...files.keys(), ...files.values()]);
  // Maps are beside the code and not named in it: a worker never reads them, `mapStack` does.
  await writeFolder(join(cacheFolder, name), files);
  const entries = Object.fromEntries(built.flatMap(({ modules, entry }) => modules.map((module) => [module, entry])));
  const sources = new Set(built.flatMap((each) => each.sources));
  return { sources: [...sources].map((path) => join(projectRoot, path)), value: { name, entries } };
}

async function buildOne(modules: readonly string[], devices: string, cacheFolder: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: entryText(modules, devices), resolveDir: projectRoot, sourcefile: entryName, loader: "ts" },
    absWorkingDir: projectRoot,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // Names stay: they are what people read in a stack.
    minifyWhitespace: true,
    minifySyntax: true,
    define: { "process.env.NODE_ENV": '"production"' },
    // Packages written for CommonJS ask for Node's own modules with `require`.
    banner: {
      js: 'import{createRequire as requireMaker}from"node:module";const require=requireMaker(import.meta.url);',
    },
    legalComments: "none",
    sourcemap: "external",
    sourcesContent: false,
    metafile: true,
    write: false,
    // As deep as the folder that is written: maps lead from there to the sources.
    outdir: join(cacheFolder, "bundle"),
    entryNames: "[hash]",
    chunkNames: "[hash]",
    outExtension: { ".js": ".mjs" },
    logLevel: "silent",
  });
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entryName);
  if (!entry) throw new Error(`Cannot bundle "${modules[0]}": esbuild gave no entry, check its version`);
  const sources = Object.keys(metafile.inputs).filter((path) => path !== entryName);
  return { modules, outputs: outputFiles, entry: basename(entry[0]), sources };
}

function entryText(modules: readonly string[], devices: string): string {
  const pathText = (url: string) => JSON.stringify(fileURLToPath(url));
  return [
    `import { runShard } from ${JSON.stringify(shardEntry)};`,
    `import { devices } from ${pathText(devices)};`,
    ...modules.map((url, index) => `import * as module${index} from ${pathText(url)};`),
    `runShard([${modules.map((_, index) => `module${index}`).join(", ")}], devices);`,
  ].join("\n");
}
