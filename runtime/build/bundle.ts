import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { ActorDefinition } from "../core/actor.ts";
import type { FreeCast } from "../hosts/free/free_cast.ts";
import { markUsed } from "./cache_limits.ts";
import type { Made } from "./shipped.ts";
import { fromSources, type Recipe, writeFolder } from "./source_cache.ts";
import { absolutePath, portablePath, projectRoot, shortHash } from "./source_files.ts";
import { compiledCode, moduleWords, workerCode } from "./worker_code.ts";

/** How workers share the code of a cast. */
export interface BundleOptions {
  /** Whether actors of all kinds may live in one worker. Else one has the code of one actor's module. */
  readonly isShared: boolean;
}

/** A cast's worker code, built once. */
export interface Bundles {
  /** What a worker runs to perform such an actor, as `worker_boot.cjs` does. */
  urlOf(definition: Pick<ActorDefinition, "module">): string;
  /** False when it was found in the cache. */
  readonly isNew: boolean;
}

/** A folder of the cache, and in it the entry by the module of the actors. */
interface BundleFolder {
  readonly name: string;
  readonly entries: Readonly<Record<string, string>>;
}

/** A worker's code, wherever it will lie, and the map to its sources by their portable paths. */
interface Built {
  readonly code: string;
  readonly map: BundleMap;
}

interface BundleMap {
  readonly sources: readonly string[];
}

const shardEntry = fileURLToPath(new URL("../hosts/free/shard_entry.ts", import.meta.url));
const entryName = "worker_entry.ts";

/**
 * Bundles the shard runtime with the modules of actors and of devices: one module graph for a worker, so that each
 * module exists once in it, and runs when it is first imported. The result is cached by the content of all its sources,
 * with the code that V8 has compiled; workers start from it in a fraction of the time and memory that a TypeScript
 * loader in each of them would cost.
 *
 * @throws Error when a module of the cast does not build
 */
export async function bundleCast(cast: FreeCast, options: BundleOptions): Promise<Bundles> {
  const { value, folder, isNew } = await fromSources(castRecipe(cast, options));
  const path = join(folder, value.name);
  await markUsed(path);
  return {
    urlOf: ({ module }) => pathToFileURL(join(path, value.entries[module] ?? "")).href,
    isNew,
  };
}

/** How the bundles of a cast are made. */
export function castRecipe({ actors, devices }: FreeCast, { isShared }: BundleOptions): Recipe<Built[], BundleFolder> {
  const modules = [...new Set(actors.map(({ module }) => module))];
  const groups = isShared ? [modules] : modules.map((module) => [module]);
  return {
    name: `bundles 3 ${JSON.stringify([devices, groups])}`,
    async make() {
      const made = await Promise.all(groups.map((group) => buildOne(group, devices)));
      return { sources: [...new Set(made.flatMap(({ sources }) => sources))], value: made.map(({ value }) => value) };
    },
    place: (built, folder) => place(built, groups, folder),
    isUsable: ({ name }, folder) => existsSync(join(folder, name)),
  };
}

async function place(built: readonly Built[], groups: readonly (readonly string[])[], cacheFolder: string) {
  const name = shortHash(built.flatMap(({ code, map }) => [code, JSON.stringify(map)]));
  const path = join(cacheFolder, name);
  const files = new Map<string, string | Uint8Array>();
  const entries: Record<string, string> = {};
  for (const [index, { code, map }] of built.entries()) {
    const file = `${shortHash([code])}.cjs`;
    const sources = map.sources.map((source) => relative(path, absolutePath(source)));
    const compiled = compiledCode(code, pathToFileURL(join(path, file)).href);
    // The map is beside the code and not named in it: a worker never reads it, `mapStack` does.
    files
      .set(file, code)
      .set(`${file}.map`, JSON.stringify({ ...map, sources }))
      .set(`${file}.cache`, compiled);
    for (const module of groups[index] ?? []) entries[module] = file;
  }
  await writeFolder(path, files);
  return { name, entries };
}

async function buildOne(modules: readonly string[], devices: string): Promise<Made<Built>> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: entryText(modules, devices), resolveDir: projectRoot, sourcefile: entryName, loader: "ts" },
    absWorkingDir: projectRoot,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    // Names stay: they are what people read in a stack.
    minifyWhitespace: true,
    minifySyntax: true,
    define: { "process.env.NODE_ENV": '"production"', ...moduleWords },
    legalComments: "none",
    sourcemap: "external",
    sourcesContent: false,
    metafile: true,
    write: false,
    outfile: join(projectRoot, "bundle.cjs"),
    logLevel: "silent",
  });
  const code = outputFiles.find(({ path }) => path.endsWith(".cjs"));
  const map = outputFiles.find(({ path }) => path.endsWith(".map"));
  if (!code || !map) throw new Error(`Cannot bundle "${modules[0]}": esbuild gave no code, check its version`);
  const sources = Object.keys(metafile.inputs).filter((path) => path !== entryName);
  const bundled = JSON.parse(map.text) as BundleMap;
  const portable = bundled.sources.map((source) => portablePath(join(projectRoot, source)));
  return {
    sources: sources.map((source) => join(projectRoot, source)),
    value: { code: await workerCode(code.text), map: { ...bundled, sources: portable } },
  };
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
