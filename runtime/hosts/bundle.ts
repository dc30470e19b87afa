import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { ActorDefinition } from "../actor.ts";
import { markUsed } from "./cache_limits.ts";
import type { FreeCast } from "./free_cast.ts";
import { fromSources, projectRoot, shortHash, writeFolder } from "./source_cache.ts";
import { moduleWords, workerCode } from "./worker_code.ts";

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

const shardEntry = fileURLToPath(new URL("./shard_entry.ts", import.meta.url));
const entryName = "worker_entry.ts";

/**
 * Bundles the shard runtime with the modules of actors and of devices: one module graph for a worker, so that each
 * module exists once in it, and runs when it is first imported. The result is cached by the content of all its sources,
 * with the code that V8 has compiled; workers start from it in a fraction of the time and memory that a TypeScript
 * loader in each of them would cost.
 *
 * @throws Error when a module of the cast does not build
 */
export async function bundleCast({ actors, devices }: FreeCast, { isShared }: BundleOptions): Promise<Bundles> {
  const modules = [...new Set(actors.map(({ module }) => module))];
  const groups = isShared ? [modules] : modules.map((module) => [module]);
  // V8 takes no notice of what another version of it compiled.
  const key = JSON.stringify([process.versions.v8, process.arch, devices, groups]);
  const { value, folder, isNew } = await fromSources<BundleFolder>(`bundles 2 ${key}`, {
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
  const name = shortHash(built.flatMap(({ text, map }) => [text, map]));
  const path = join(cacheFolder, name);
  const files = new Map<string, string | Uint8Array>();
  const entries: Record<string, string> = {};
  for (const { modules, text, map } of built) {
    const file = `${shortHash([text])}.cjs`;
    const { code, cache } = await workerCode(text, pathToFileURL(join(path, file)).href);
    // The map is beside the code and not named in it: a worker never reads it, `mapStack` does.
    files.set(file, code).set(`${file}.map`, map).set(`${file}.cache`, cache);
    for (const module of modules) entries[module] = file;
  }
  await writeFolder(path, files);
  const sources = new Set(built.flatMap((each) => each.sources));
  return { sources: [...sources].map((source) => join(projectRoot, source)), value: { name, entries } };
}

async function buildOne(modules: readonly string[], devices: string, cacheFolder: string) {
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
    // As deep as the folder that is written: maps lead from there to the sources.
    outfile: join(cacheFolder, "bundle", "bundle.cjs"),
    logLevel: "silent",
  });
  const code = outputFiles.find(({ path }) => path.endsWith(".cjs"));
  const map = outputFiles.find(({ path }) => path.endsWith(".map"));
  if (!code || !map) throw new Error(`Cannot bundle "${modules[0]}": esbuild gave no code, check its version`);
  const sources = Object.keys(metafile.inputs).filter((path) => path !== entryName);
  return { modules, text: code.text, map: map.text, sources };
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
