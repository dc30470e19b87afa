import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { fromSources, markUsed, projectRoot, shortHash, writeWhole } from "./source_cache.ts";

/** Worker code in one file, built once. */
export interface Bundle {
  /** What a worker imports. */
  readonly url: string;
  /** False when it was found in the cache. */
  readonly isNew: boolean;
}

const shardEntry = fileURLToPath(new URL("./shard_entry.ts", import.meta.url));
const entryName = "worker_entry.ts";

/**
 * Bundles the shard runtime with a cast module: one module graph, so that each module exists once in a worker. The
 * result is cached by the content of all its sources; workers start from it in a fraction of the time and memory that
 * a TypeScript loader in each of them would cost.
 *
 * @throws Error when the cast module does not build
 */
export async function bundleCast(castUrl: string): Promise<Bundle> {
  const { value, folder, isNew } = await fromSources<string>(`bundle 3 ${castUrl}`, {
    make: (cacheFolder) => make(castUrl, cacheFolder),
    isUsable: (file, cacheFolder) => existsSync(join(cacheFolder, file)),
  });
  const file = join(folder, value);
  await Promise.all([markUsed(file), markUsed(`${file}.map`)]);
  return { url: pathToFileURL(file).href, isNew };
}

async function make(castUrl: string, folder: string) {
  const imports = [
    `import { runShard } from ${JSON.stringify(shardEntry)};`,
    `import { cast } from ${JSON.stringify(fileURLToPath(castUrl))};`,
  ];
  const result = await build({
    stdin: {
      contents: `${imports.join("\n")}\nrunShard(cast);\n`,
      resolveDir: projectRoot,
      sourcefile: entryName,
      loader: "ts",
    },
    absWorkingDir: projectRoot,
    bundle: true,
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
    outfile: join(folder, "bundle.mjs"),
    logLevel: "silent",
  });
  const code = result.outputFiles.find(({ path }) => path.endsWith(".mjs"));
  const map = result.outputFiles.find(({ path }) => path.endsWith(".map"));
  if (!code || !map) throw new Error(`Cannot bundle "${castUrl}": esbuild gave no code, check its version`);
  const file = `${shortHash([code.text])}.mjs`;
  // Beside the code and not named in it: a worker never reads it, `mapStack` does.
  await writeWhole(join(folder, `${file}.map`), map.text);
  await writeWhole(join(folder, file), code.text);
  const sources = Object.keys(result.metafile.inputs).filter((path) => path !== entryName);
  return { sources: sources.map((path) => join(projectRoot, path)), value: file };
}
