import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { markUsed } from "./cache_limits.ts";
import { packagesAsInstalled } from "./packages_as_installed.ts";
import { fromSources, type Recipe, writeFolder, writeWhole } from "./source_cache.ts";
import { projectRoot, shortHash } from "./source_files.ts";

/** What starts a program without a look into its sources: where its code is, and what all it is made of looked like. */
export interface ProgramNote {
  /** The file to import. */
  readonly entry: string;
  /** By absolute path, as `stampOf` gives it. */
  readonly stamps: Readonly<Record<string, string>>;
}

/** Changes whenever a file does; undefined of one that is not there. The starter has the same words of its own. */
export function stampOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
}

/**
 * Bundles a program of a checkout and all of ours that it imports, so that it starts in a fraction of the time that
 * a TypeScript loader takes over each module. What is imported late stays apart, and each source still finds what is
 * beside it; packages are used as they are installed. Cached by the content of the sources.
 *
 * @param entry the program's absolute path
 * @returns the absolute path of what to import
 * @throws Error when a module does not build
 */
export async function bundleProgram(entry: string, notePath: string): Promise<string> {
  const sinceMs = Date.now();
  const { value, folder } = await fromSources(programRecipe(entry));
  const path = join(folder, value.name);
  await markUsed(path);
  const bundled = join(path, value.entry);
  // What decides which packages are found.
  const installed = ["package.json", "node_modules/.package-lock.json"].map((name) => join(projectRoot, name));
  const stamps: Record<string, string> = {};
  for (const source of [...value.sources, ...installed.filter((file) => existsSync(file))]) {
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
  readonly entry: string;
  readonly sources: readonly string[];
}

interface Placed extends Pick<Built, "entry" | "sources"> {
  /** The folder in the cache. */
  readonly name: string;
}

function programRecipe(entry: string): Recipe<Built, Placed> {
  return {
    name: `program 1 ${pathToFileURL(entry).href}`,
    async make() {
      const outdir = join(projectRoot, "bundled");
      const { outputFiles, metafile } = await build({
        entryPoints: [entry],
        absWorkingDir: projectRoot,
        outdir,
        outExtension: { ".js": ".mjs" },
        bundle: true,
        splitting: true,
        format: "esm",
        platform: "node",
        target: "node20",
        define: { "import.meta.url": placeName },
        plugins: [ownPlaces, packagesAsInstalled],
        sourcemap: "linked",
        sourcesContent: false,
        legalComments: "none",
        metafile: true,
        write: false,
        logLevel: "silent",
      });
      const files = outputFiles.map(({ path, text }) => [relative(outdir, path), text] as const);
      const sources = Object.keys(metafile.inputs).map((input) => join(projectRoot, input));
      const outputs = Object.entries(metafile.outputs);
      const [output = ""] = outputs.find(([, about]) => about.entryPoint === relative(projectRoot, entry)) ?? [];
      const name = relative(outdir, join(projectRoot, output));
      return { sources, value: { files: Object.fromEntries(files), entry: name, sources } };
    },
    async place({ files, entry: name, sources }, folder) {
      const own = shortHash(Object.entries(files).flat());
      const path = join(folder, own);
      const texts = Object.entries(files).map(
        ([file, text]) => [file, file.endsWith(".map") ? mapAt(path, text) : text] as const,
      );
      await writeFolder(path, new Map(texts));
      return { name: own, entry: name, sources };
    },
    isUsable: ({ name, entry: file }, folder) => existsSync(join(folder, name, file)),
  };
}

/** A map that leads from the folder that a file of code comes to lie in. */
function mapAt(folder: string, text: string): string {
  const map = JSON.parse(text) as { readonly sources: readonly string[] };
  const bundled = join(projectRoot, "bundled");
  return JSON.stringify({ ...map, sources: map.sources.map((source) => relative(folder, join(bundled, source))) });
}

/** The name that each source knows its own place by. */
const placeName = "urlOfThisSource";

/** Puts into each source that asks for it where it lies: what looks for files beside itself finds them. */
const ownPlaces: Plugin = {
  name: "own places",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes(`${sep}node_modules${sep}`)) return undefined;
      const text = await readFile(path, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      // On the first line, so that the lines stay what they are.
      return { contents: `const ${placeName} = ${JSON.stringify(pathToFileURL(path).href)}; ${text}`, loader: "ts" };
    });
  },
};
