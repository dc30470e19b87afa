import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ActorCard } from "../core/actor.ts";
import type { FreeCast } from "../hosts/free/free_cast.ts";
import { type Built, bundleEntries } from "./bundle_entries.ts";
import { markUsed } from "./cache_limits.ts";
import { type BuiltinReached, placed, reachedFrom } from "./check_module.ts";
import { fromSources, type Recipe, writeFolder } from "./source_cache.ts";
import { absolutePath, projectRoot, shortHash } from "./source_files.ts";
import { codeBytes, compiledCode } from "./worker_code.ts";

/** How workers share the code of a cast. */
export interface BundleOptions {
  /** Whether actors of all kinds may live in one worker. Else one has the code of one actor's module. */
  readonly isShared: boolean;
}

/** A cast's worker code, built once. */
export interface Bundles {
  /** What a worker runs to perform such an actor, as `worker_boot.cjs` does. */
  urlOf(definition: Pick<ActorCard, "module">): string;
  /** Which of Node's own modules the graph of an actor's module reaches, as `checkModule` looks for them. */
  builtinsOf(definition: Pick<ActorCard, "module">): readonly BuiltinReached[];
  /** False when it was found in the cache. */
  readonly isNew: boolean;
}

/** A folder of the cache, and in it the entry by the module of the actors. */
interface BundleFolder {
  readonly name: string;
  readonly entries: Readonly<Record<string, string>>;
  readonly builtins: Readonly<Record<string, readonly BuiltinReached[]>>;
}

/** What a cast's workers run, wherever it will lie. */
interface BuiltCast {
  readonly built: readonly Built[];
  /** What each module reaches, in the order of the modules; importers have portable paths. */
  readonly builtins: readonly (readonly BuiltinReached[])[];
}

const shardEntry = fileURLToPath(new URL("../hosts/free/shard_entry.ts", import.meta.url));

/**
 * Bundles the shard runtime with the modules of actors and of devices: one module graph for a worker, so that each
 * module exists once in it, and runs when it is first imported. What is loaded late (devices are) is apart. The result is cached by the content of all its sources,
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
    builtinsOf: ({ module }) => value.builtins[module] ?? [],
    isNew,
  };
}

/** How the bundles of a cast are made. */
export function castRecipe(
  { actors, devices }: FreeCast,
  { isShared }: BundleOptions,
): Recipe<BuiltCast, BundleFolder> {
  const modules = [...new Set(actors.map(({ module }) => module))];
  const groups = isShared ? [modules] : modules.map((module) => [module]);
  return {
    name: `bundles 7 ${JSON.stringify([devices, groups])}`,
    async make() {
      const { built, inputs } = await bundleEntries(
        groups.map((group, index) => ({ name: entryName(index), text: entryText(group, devices) })),
      );
      const builtins = modules.map((module) => reachedFrom(inputs, fileURLToPath(module)));
      return { sources: Object.keys(inputs).map((path) => join(projectRoot, path)), value: { built, builtins } };
    },
    async place({ built, builtins }, folder) {
      const name = await place(built, folder);
      return {
        name,
        entries: Object.fromEntries(
          groups.flatMap((group, index) => group.map((module) => [module, `${entryName(index)}.cjs`])),
        ),
        builtins: Object.fromEntries(modules.map((module, index) => [module, (builtins[index] ?? []).map(placed)])),
      };
    },
    isUsable: ({ name }, folder) => existsSync(join(folder, name)),
  };
}

const entryName = (index: number) => `worker-${index}`;

async function place(built: readonly Built[], cacheFolder: string): Promise<string> {
  const name = shortHash(built.flatMap(({ name: file, code, map }) => [file, code, JSON.stringify(map)]));
  const path = join(cacheFolder, name);
  const files = new Map<string, string | Uint8Array>();
  for (const { name: own, code, map } of built) {
    const file = `${own}.cjs`;
    const sources = map.sources.map((source) => relative(path, absolutePath(source)));
    const compiled = compiledCode(code, pathToFileURL(join(path, file)).href);
    // The map is beside the code and not named in it: a worker never reads it, `mapStack` does.
    files
      .set(file, codeBytes(code))
      .set(`${file}.map`, JSON.stringify({ ...map, sources }))
      .set(`${file}.cache`, compiled);
  }
  await writeFolder(path, files);
  return name;
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
