import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { markUsed } from "../../../runtime/hosts/cache_limits.ts";
import { fromSources, projectRoot, shortHash, writeWhole } from "../../../runtime/hosts/source_cache.ts";
import { withoutWaits } from "./image_bundle.ts";

const contextEntry = fileURLToPath(new URL("./inside/context_entry.ts", import.meta.url));
const workerEntry = fileURLToPath(new URL("./inside/worker_entry.ts", import.meta.url));

/** The script that makes a context the inside of a simulated container: it sets `inside`. Built once. */
export async function contextScript(): Promise<string> {
  const entry = contextEntry;
  const { value } = await fromSources<string>(`image context 1 ${entry}`, {
    make: () =>
      bundle(entry, {
        format: "iife",
        globalName: "inside",
        platform: "neutral",
        mainFields: ["module"],
        target: "es2022",
        supported: withoutWaits,
      }),
  });
  return value;
}

/** The module that a worker of an image starts with, as a URL. Built once. */
export async function workerModule(): Promise<string> {
  const entry = workerEntry;
  const { value, folder } = await fromSources<string>(`image worker 1 ${entry}`, {
    async make(cacheFolder) {
      const { sources, value: code } = await bundle(entry, { format: "esm", platform: "node", target: "node20" });
      const file = `${shortHash([code])}.mjs`;
      await writeWhole(join(cacheFolder, file), code);
      return { sources, value: file };
    },
    isUsable: (file, cacheFolder) => existsSync(join(cacheFolder, file)),
  });
  const path = join(folder, value);
  await markUsed(path);
  return pathToFileURL(path).href;
}

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
