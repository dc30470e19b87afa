import { existsSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { markUsed } from "./cache_limits.ts";
import { ownPlaces, placeWords } from "./own_places.ts";
import { packagesAsInstalled } from "./packages_as_installed.ts";
import { fromSources, type Recipe, writeFolder, writeWhole } from "./source_cache.ts";
import { projectRoot, shortHash, stampOf } from "./source_files.ts";

/** What starts a program without a look into its sources: where its code is, and what all it is made of looked like. */
export interface ProgramNote {
  /** The file to import. */
  readonly entry: string;
  /** By absolute path, as `stampOf` gives it. */
  readonly stamps: Readonly<Record<string, string>>;
}

/** Bundles of some programs, and the modules that they share. */
export interface ProgramBundles {
  /** The absolute path of what to import for a program, by the program's own. */
  readonly fileOf: (entry: string) => string;
  /** Absolute paths of all that they were made of, but packages. */
  readonly sources: readonly string[];
}

/**
 * Bundles programs of a checkout and all of ours that they import, so that they start in a fraction of the time that
 * a TypeScript loader takes over each module. What is imported late stays apart, and each source still finds what is
 * beside it; packages are used as they are installed. Cached by the content of the sources.
 *
 * @param entries the programs' absolute paths
 * @throws Error when a module does not build
 */
export async function bundlePrograms(entries: readonly string[]): Promise<ProgramBundles> {
  const { value, folder } = await fromSources(programRecipe(entries));
  const path = join(folder, value.name);
  await markUsed(path);
  return { sources: value.sources, fileOf: (entry) => join(path, value.entries[entry] ?? "") };
}

/**
 * The same for one program; a note at a path says where it is, for who starts it without a look into its sources.
 *
 * @returns the absolute path of what to import
 * @throws Error when a module does not build
 */
export async function bundleProgram(entry: string, notePath: string): Promise<string> {
  const sinceMs = Date.now();
  const { fileOf, sources } = await bundlePrograms([entry]);
  const bundled = fileOf(entry);
  // What decides which packages are found.
  const installed = ["package.json", "node_modules/.package-lock.json"].map((name) => join(projectRoot, name));
  const stamps: Record<string, string> = {};
  for (const source of [...sources, ...installed.filter((file) => existsSync(file))]) {
    const stamp = stampOf(source);
    // Somebody writes at this moment: the next start looks again.
    if (stamp === undefined || statSync(source).ctimeMs >= sinceMs) return bundled;
    stamps[source] = stamp;
  }
  await writeWhole(notePath, JSON.stringify({ entry: bundled, stamps } satisfies ProgramNote));
  return bundled;
}

interface Built {
  readonly files: Readonly<Record<string, string>>;
  /** The name of a file by the path of its source. */
  readonly entries: Readonly<Record<string, string>>;
  readonly sources: readonly string[];
}

interface Placed extends Omit<Built, "files"> {
  /** The folder in the cache. */
  readonly name: string;
}

/** Where the bundles' maps are made for, until they are placed. */
const outdir = join(projectRoot, "bundled");

function programRecipe(entryPoints: readonly string[]): Recipe<Built, Placed> {
  return {
    name: `program 4 ${JSON.stringify(entryPoints)}`,
    async make() {
      const { outputFiles, metafile } = await build({ ...settings, entryPoints: [...entryPoints] });
      const files = outputFiles.map(({ path, text }) => [relative(outdir, path), text] as const);
      const sources = Object.keys(metafile.inputs).map((input) => join(projectRoot, input));
      const entries = Object.entries(metafile.outputs).flatMap(([output, { entryPoint }]) =>
        entryPoint === undefined ? [] : [[join(projectRoot, entryPoint), relative(outdir, join(projectRoot, output))]],
      );
      return { sources, value: { files: Object.fromEntries(files), entries: Object.fromEntries(entries), sources } };
    },
    async place({ files, entries, sources }, folder) {
      const name = shortHash(Object.entries(files).flat());
      const path = join(folder, name);
      const texts = Object.entries(files).map(
        ([file, text]) => [file, file.endsWith(".map") ? mapAt(path, text) : text] as const,
      );
      await writeFolder(path, new Map(texts));
      return { name, entries, sources };
    },
    isUsable: ({ name }, folder) => existsSync(join(folder, name)),
  };
}

/** A map that leads from the folder that a file of code comes to lie in. */
function mapAt(folder: string, text: string): string {
  const map = JSON.parse(text) as { readonly sources: readonly string[] };
  return JSON.stringify({ ...map, sources: map.sources.map((source) => relative(folder, join(outdir, source))) });
}

const settings = {
  absWorkingDir: projectRoot,
  outdir,
  entryNames: "[name]-[hash]",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // Names are as they were written, but where two modules of a file have the same. To have them the very same, as a
  // TypeScript loader does, each function that is made is given its name anew: 7 % of a simulation's time.
  keepNames: false,
  // A third less to read and to parse at each start; maps lead to the sources' own lines.
  minifyWhitespace: true,
  define: placeWords,
  plugins: [ownPlaces(), packagesAsInstalled],
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  metafile: true,
  write: false,
  logLevel: "silent",
} as const satisfies BuildOptions;
