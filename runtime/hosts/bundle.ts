import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, version as esbuildVersion } from "esbuild";

/** Worker code in one file, built once. */
export interface Bundle {
  /** What a worker imports. */
  readonly url: string;
  /** False when it was found in the cache. */
  readonly built: boolean;
}

/** What the cache knows of a bundle: it holds while all its sources are what they were. */
interface Manifest {
  readonly sources: readonly string[];
  readonly sourcesHash: string;
  readonly file: string;
}

const shardEntry = fileURLToPath(new URL("./shard_entry.ts", import.meta.url));
const projectRoot = fileURLToPath(new URL("../../", import.meta.url));
/** Changes when bundles of an older build can no longer be used. */
const layoutVersion = 1;

const inProgress = new Map<string, Promise<Bundle>>();

/**
 * Bundles the shard runtime with a cast module: one module graph, so that each module exists once in a worker. The
 * result is cached by the content of all its sources; workers start from it in a fraction of the time and memory that
 * a TypeScript loader in each of them would cost.
 *
 * @throws Error when the cast module does not build
 */
export function bundleCast(castUrl: string): Promise<Bundle> {
  const found = inProgress.get(castUrl);
  if (found) return found;
  const bundle = findOrBuild(castUrl);
  inProgress.set(castUrl, bundle);
  // Sources may change while this process lives (in an editor's test runner): only what is under way is shared.
  const forget = () => inProgress.delete(castUrl);
  bundle.then(forget, forget);
  return bundle;
}

async function findOrBuild(castUrl: string): Promise<Bundle> {
  const folder = await cacheFolder();
  const key = shortHash([String(layoutVersion), esbuildVersion, castUrl, shardEntry]);
  const manifestPath = join(folder, `${key}.json`);
  const cached = await readManifest(manifestPath);
  if (cached && (await isFresh(cached, folder)))
    return { url: pathToFileURL(join(folder, cached.file)).href, built: false };
  return buildInto(folder, { castUrl, manifestPath, key });
}

async function buildInto(
  folder: string,
  { castUrl, manifestPath, key }: { castUrl: string; manifestPath: string; key: string },
): Promise<Bundle> {
  const outfile = join(folder, "bundle.mjs");
  const result = await build({
    stdin: {
      contents: `import { runShard } from ${JSON.stringify(shardEntry)};\nimport { cast } from ${JSON.stringify(fileURLToPath(castUrl))};\nrunShard(cast);\n`,
      resolveDir: projectRoot,
      sourcefile: "worker_entry.ts",
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
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    legalComments: "none",
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
    write: false,
    outfile,
    logLevel: "silent",
  });
  const sources = Object.keys(result.metafile.inputs)
    .filter((path) => path !== "worker_entry.ts")
    .map((path) => join(projectRoot, path));
  const code = result.outputFiles.find(({ path }) => path.endsWith(".mjs"));
  const map = result.outputFiles.find(({ path }) => path.endsWith(".map"));
  if (!code || !map)
    throw new Error(`Cannot bundle "${castUrl}": esbuild gave no code, check its version ${esbuildVersion}`);
  const name = `${key}-${shortHash([code.text])}.mjs`;
  await writeWhole(join(folder, `${name}.map`), map.text);
  await writeWhole(join(folder, name), code.text.replace(/sourceMappingURL=.*\s*$/, `sourceMappingURL=${name}.map\n`));
  const manifest: Manifest = { sources, sourcesHash: await hashOf(sources), file: name };
  await writeWhole(manifestPath, JSON.stringify(manifest));
  return { url: pathToFileURL(join(folder, name)).href, built: true };
}

/** Beside the installed packages, where a checkout keeps such things; where that is read-only, the system's folder. */
async function cacheFolder(): Promise<string> {
  for (const folder of [join(projectRoot, "node_modules/.cache/kubetroupe"), join(tmpdir(), "kubetroupe-cache")]) {
    try {
      await mkdir(folder, { recursive: true });
      const probe = join(folder, `.probe-${process.pid}`);
      await writeFile(probe, "");
      await rename(probe, join(folder, ".probe"));
      return folder;
    } catch {
      // The next one is tried.
    }
  }
  throw new Error(
    `Cannot cache worker bundles: neither node_modules/.cache nor ${tmpdir()} can be written, make one writable`,
  );
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}

async function isFresh(manifest: Manifest, folder: string): Promise<boolean> {
  try {
    await access(join(folder, manifest.file));
    return (await hashOf(manifest.sources)) === manifest.sourcesHash;
  } catch {
    return false;
  }
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const text of await Promise.all(paths.map((path) => readFile(path)))) hash.update(text).update("\0");
  return hash.digest("hex");
}

function shortHash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}

/** Other processes may read or write the same cache: a file appears there whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  await writeFile(temporary, text);
  await rename(temporary, path);
}
